use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::net::IpAddr;
use std::rc::Rc;
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::{LocalBoxFuture, Shared};
use rtest_core::plan::DnsPlan;
use rtest_core::{Clock, RunTime};

use super::Failure;

/// The most names that are remembered: redirects may lead anywhere.
const MOST_NAMES: usize = 1024;

/// The addresses of names, as one worker knows them.
///
/// A name is looked up once for all who wait for it, by the system's resolver on a thread of its
/// own, and known for as long as the plan says.
pub(crate) struct Names {
    plan: DnsPlan,
    clock: Arc<dyn Clock>,
    found: RefCell<BTreeMap<String, Found>>,
    /// How often addresses were given out: each connection begins with the next one.
    turn: Cell<usize>,
    resolver: Resolver,
}

/// Looks a name up in the system.
pub(super) type Resolver = Box<dyn Fn(String) -> LocalBoxFuture<'static, io::Result<Vec<IpAddr>>>>;

type Answer = Result<Rc<[IpAddr]>, Failure>;

enum Found {
    Addresses {
        addresses: Rc<[IpAddr]>,
        until: RunTime,
    },
    Underway(Shared<LocalBoxFuture<'static, Answer>>),
}

impl Names {
    /// Nothing was looked up yet.
    pub(crate) fn new(plan: DnsPlan, clock: Arc<dyn Clock>) -> Self {
        Self::with_resolver(plan, clock, Box::new(|name| ask_system(name).boxed_local()))
    }

    /// As `new`, with another resolver.
    pub(super) fn with_resolver(plan: DnsPlan, clock: Arc<dyn Clock>, resolver: Resolver) -> Self {
        Self {
            plan,
            clock,
            found: RefCell::default(),
            turn: Cell::new(0),
            resolver,
        }
    }

    /// The addresses of a host, where that needs no lookup.
    pub(crate) fn known(&self, host: &str) -> Option<Vec<IpAddr>> {
        if let Ok(address) = host.parse() {
            return Some(vec![address]);
        }
        let overrides = self.plan.overrides.iter();
        if let Some((_, address)) = overrides.clone().find(|(name, _)| name == host) {
            return Some(vec![*address]);
        }
        match self.found.borrow().get(host)? {
            Found::Addresses { addresses, until } if self.clock.now() < *until => {
                Some(self.in_turn(addresses))
            }
            _ => None,
        }
    }

    /// Looks a host up.
    ///
    /// # Errors
    /// It does not resolve.
    ///
    /// # Cancellation
    /// Whoever else waits for the same name goes on.
    pub(crate) async fn look_up(&self, host: &str) -> Result<Vec<IpAddr>, Failure> {
        let name = host.to_owned();
        let asked = (self.resolver)(name.clone());
        let underway = async move {
            match asked.await {
                Ok(found) if !found.is_empty() => Ok(Rc::from(found)),
                Ok(_) => Err(io::Error::other("it has no address")),
                Err(error) => Err(error),
            }
            .map_err(|error| Failure::of_looking_up(&name, &error))
        };
        if self.plan.ttl.is_zero() {
            return underway.await.map(|addresses| self.in_turn(&addresses));
        }
        let shared = {
            let mut found = self.found.borrow_mut();
            match found.get(host) {
                Some(Found::Underway(shared)) if shared.peek().is_none() => shared.clone(),
                _ => {
                    if found.len() >= MOST_NAMES {
                        found.clear();
                    }
                    let shared = underway.boxed_local().shared();
                    found.insert(host.to_owned(), Found::Underway(shared.clone()));
                    shared
                }
            }
        };
        let addresses = shared.await?;
        let known = Found::Addresses {
            addresses: Rc::clone(&addresses),
            until: self.clock.now() + self.plan.ttl,
        };
        self.found.borrow_mut().insert(host.to_owned(), known);
        Ok(self.in_turn(&addresses))
    }

    /// All addresses in the order in which they are tried. Connections begin with the preferred
    /// ones by turns, so that load is spread over them; the system puts the ones that it prefers
    /// first, all of one family.
    fn in_turn(&self, addresses: &[IpAddr]) -> Vec<IpAddr> {
        let preferred = addresses
            .iter()
            .take_while(|address| address.is_ipv4() == addresses[0].is_ipv4())
            .count();
        let turn = self.turn.get();
        self.turn.set(turn.wrapping_add(1));
        let mut ordered = addresses.to_vec();
        ordered[..preferred].rotate_left(turn % preferred);
        ordered
    }
}

impl fmt::Debug for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Names")
            .field("plan", &self.plan)
            .finish_non_exhaustive()
    }
}

async fn ask_system(name: String) -> io::Result<Vec<IpAddr>> {
    let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
    let mut addresses: Vec<IpAddr> = Vec::new();
    for address in found.map(|found| found.ip()) {
        if !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    if name == "localhost" {
        // Often ::1 first, while the service listens on 127.0.0.1 only.
        addresses.sort_by_key(IpAddr::is_ipv6);
    }
    Ok(addresses)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rtest_core::sample::ErrorKind;
    use tokio::time::{Instant, advance, sleep};

    use super::*;

    /// tokio's clock, which the tests move.
    #[derive(Debug)]
    struct Paused(Instant);

    impl Clock for Paused {
        fn now(&self) -> RunTime {
            RunTime::from(self.0.elapsed())
        }
    }

    /// A resolver that takes a second and is counted.
    fn names(plan: DnsPlan, answer: fn() -> io::Result<Vec<IpAddr>>) -> (Names, Rc<Cell<u32>>) {
        let asked = Rc::new(Cell::new(0));
        let counted = Rc::clone(&asked);
        let resolver: Resolver = Box::new(move |_| {
            let counted = Rc::clone(&counted);
            async move {
                counted.set(counted.get() + 1);
                sleep(Duration::from_secs(1)).await;
                answer()
            }
            .boxed_local()
        });
        let clock = Arc::new(Paused(Instant::now()));
        (Names::with_resolver(plan, clock, resolver), asked)
    }

    fn address(text: &str) -> IpAddr {
        text.parse().expect(text)
    }

    #[tokio::test(start_paused = true)]
    async fn a_name_is_looked_up_once_for_all_and_again_after_its_time() {
        let (names, asked) = names(DnsPlan::default(), || Ok(vec![address("10.0.0.1")]));
        let (one, other) = tokio::join!(names.look_up("a"), names.look_up("a"));
        assert_eq!(one, Ok(vec![address("10.0.0.1")]));
        assert_eq!(one, other);
        assert_eq!(asked.get(), 1);
        advance(Duration::from_secs(299)).await;
        assert_eq!(names.known("a"), Some(vec![address("10.0.0.1")]));
        advance(Duration::from_secs(2)).await;
        assert_eq!(names.known("a"), None);
        names.look_up("a").await.expect("it resolves");
        assert_eq!(asked.get(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_gives_up_leaves_the_lookup_to_the_others() {
        let (names, asked) = names(DnsPlan::default(), || Ok(vec![address("10.0.0.1")]));
        let impatient = tokio::time::timeout(Duration::from_millis(500), names.look_up("a"));
        let (impatient, patient) = tokio::join!(impatient, names.look_up("a"));
        assert!(impatient.is_err());
        assert!(patient.is_ok());
        assert_eq!(asked.get(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_ttl_each_connection_looks_up() {
        let plan = DnsPlan {
            ttl: Duration::ZERO,
            ..DnsPlan::default()
        };
        let (names, asked) = names(plan, || Ok(vec![address("10.0.0.1")]));
        for _ in 0..3 {
            names.look_up("a").await.expect("it resolves");
            assert_eq!(names.known("a"), None);
        }
        assert_eq!(asked.get(), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn a_failure_is_shared_and_not_remembered() {
        let (names, asked) = names(DnsPlan::default(), || Err(io::Error::other("gone")));
        let (one, other) = tokio::join!(names.look_up("a"), names.look_up("a"));
        let failure = one.expect_err("no answer");
        assert_eq!(failure.kind, ErrorKind::Dns);
        assert_eq!(failure.message, "`a` does not resolve: gone");
        assert_eq!(other, Err(failure));
        assert!(names.look_up("a").await.is_err());
        assert_eq!(asked.get(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn literals_and_overrides_are_not_looked_up() {
        let plan = DnsPlan {
            overrides: vec![("api.test".to_owned(), address("127.0.0.1"))],
            ..DnsPlan::default()
        };
        let (names, _) = names(plan, || Ok(Vec::new()));
        assert_eq!(names.known("::1"), Some(vec![address("::1")]));
        assert_eq!(names.known("api.test"), Some(vec![address("127.0.0.1")]));
        assert_eq!(names.known("other.test"), None);
        let empty = names.look_up("other.test").await.expect_err("no address");
        assert_eq!(empty.kind, ErrorKind::Dns);
    }

    #[tokio::test(start_paused = true)]
    async fn connections_begin_with_the_preferred_addresses_by_turns() {
        let (names, _) = names(DnsPlan::default(), || {
            Ok(vec![
                address("10.0.0.1"),
                address("10.0.0.2"),
                address("::2"),
            ])
        });
        let first = names.look_up("a").await.expect("it resolves");
        let second = names.known("a").expect("it is known");
        let third = names.known("a").expect("it is known");
        assert_eq!(first, ["10.0.0.1", "10.0.0.2", "::2"].map(address));
        assert_eq!(second, ["10.0.0.2", "10.0.0.1", "::2"].map(address));
        assert_eq!(third, first);
    }
}
