use std::sync::{Arc, OnceLock};

use reqwest::cookie::Jar;
use reqwest::{Client, redirect};
use rtest_core::plan::Cookies;
use rtest_load::ResolvedTarget;

/// Sent where the step names none.
const AGENT: &str = concat!("rtest/", env!("CARGO_PKG_VERSION"), " (goose)");

/// What users send by: one client for each number of redirects that a step follows, for that is a
/// client's choice. All users share them, unless each keeps cookies of its own.
#[derive(Debug)]
pub(crate) struct Clients {
    target: ResolvedTarget,
    redirects: Vec<u32>,
    shared: Option<Vec<Client>>,
    /// By user.
    own: Vec<OnceLock<Vec<Client>>>,
}

impl Clients {
    /// # Errors
    /// No client can be made: TLS cannot be set up.
    pub(crate) fn new(
        target: &ResolvedTarget,
        cookies: Cookies,
        redirects: impl IntoIterator<Item = u32>,
        users: usize,
    ) -> Result<Self, reqwest::Error> {
        let mut redirects: Vec<u32> = redirects.into_iter().collect();
        redirects.sort_unstable();
        redirects.dedup();
        let shares = cookies == Cookies::Off;
        let own = if shares { 0 } else { users };
        let mut clients = Self {
            target: target.clone(),
            redirects,
            shared: None,
            own: (0..own).map(|_| OnceLock::new()).collect(),
        };
        let made = clients.make(None)?;
        clients.shared = shares.then_some(made);
        Ok(clients)
    }

    /// The client of a user for requests that follow so many redirects.
    ///
    /// # Errors
    /// The user's own cannot be made.
    pub(crate) fn of(&self, user: usize, redirects: u32) -> Result<&Client, reqwest::Error> {
        let clients = match (&self.shared, self.own.get(user)) {
            (Some(shared), _) => shared,
            (None, Some(own)) => match own.get() {
                Some(made) => made,
                None => {
                    let made = self.make(Some(&Arc::new(Jar::default())))?;
                    own.get_or_init(|| made)
                }
            },
            (None, None) => unreachable!("there is a place for each user that goose was told of"),
        };
        let place = self.redirects.binary_search(&redirects);
        Ok(&clients[place.expect("all steps were asked")])
    }

    fn make(&self, jar: Option<&Arc<Jar>>) -> Result<Vec<Client>, reqwest::Error> {
        let redirects = self.redirects.iter();
        redirects.map(|most| self.client(*most, jar)).collect()
    }

    fn client(&self, redirects: u32, jar: Option<&Arc<Jar>>) -> Result<Client, reqwest::Error> {
        let policy = match redirects {
            0 => redirect::Policy::none(),
            most => redirect::Policy::limited(most as usize),
        };
        let mut builder = Client::builder()
            .user_agent(AGENT)
            .redirect(policy)
            .referer(false)
            // The plan says where requests go, not the environment.
            .no_proxy()
            .no_gzip()
            .http1_only();
        if let Some(address) = self.target.address {
            builder = builder.resolve(&self.target.origin.host, address);
        }
        if let Some(jar) = jar {
            builder = builder.cookie_provider(Arc::clone(jar));
        }
        builder.build()
    }
}
