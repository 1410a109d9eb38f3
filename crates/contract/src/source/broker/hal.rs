use std::time::Duration;

use reqwest::header::ACCEPT;
use reqwest::{Method, Response, Url};
use rtest_core::plan::{BrokerLogin, BrokerPlan};
use serde_json::Value;

use super::error::{BrokerError, BrokerErrorKind, words};
use crate::provider::innermost;

/// Longest that a broker may take for one answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// Largest answer that is no pact, in bytes.
const MAX_RESOURCE: usize = 16 << 20;

/// What a broker answers in.
const HAL: &str = "application/hal+json, application/json";

/// A client of one broker.
#[derive(Debug)]
pub(super) struct Hal {
    client: reqwest::Client,
    /// With a slash at its end.
    base: Url,
    login: Option<BrokerLogin>,
}

impl Hal {
    /// # Errors
    /// The address is none, or there is no client.
    pub(super) fn new(plan: &BrokerPlan) -> Result<Self, BrokerError> {
        let unaskable = |why: String| BrokerError {
            broker: plan.url.clone(),
            kind: BrokerErrorKind::Unaskable(why),
        };
        let mut base = Url::parse(&plan.url).map_err(|error| unaskable(error.to_string()))?;
        let path = format!("{}/", base.path().trim_end_matches('/'));
        base.set_path(&path);
        let client = reqwest::Client::builder().timeout(PATIENCE).build();
        Ok(Self {
            client: client.map_err(|error| unaskable(innermost(&error)))?,
            base,
            login: plan.login.clone(),
        })
    }

    /// Where a link leads: its path and query, at the broker's own address and below its base path.
    pub(super) fn url(&self, href: &str) -> Result<Url, BrokerError> {
        let linked = self.base.join(href).map_err(|error| {
            let why = format!("the link `{href}` is no address: {error}");
            self.error(BrokerErrorKind::Unaskable(why))
        })?;
        let base = self.base.path();
        let path = match linked.path() {
            path if path.starts_with(base) => path.to_owned(),
            path => format!("{base}{}", path.trim_start_matches('/')),
        };
        let mut url = self.base.clone();
        url.set_path(&path);
        url.set_query(linked.query());
        Ok(url)
    }

    /// The resource at a link; the index at `""`.
    pub(super) async fn get(&self, href: &str) -> Result<Value, BrokerError> {
        self.exchange(Method::GET, href, None).await
    }

    /// Sends a document to a link. An answer without a body is `null`.
    pub(super) async fn send(
        &self,
        method: Method,
        href: &str,
        document: &Value,
    ) -> Result<Value, BrokerError> {
        self.exchange(method, href, Some(document)).await
    }

    /// What is at a link, byte for byte, up to `limit` bytes.
    pub(super) async fn bytes(&self, href: &str, limit: usize) -> Result<Vec<u8>, BrokerError> {
        let (asked, answer) = self.answer(Method::GET, href, None).await?;
        self.body(&asked, answer, limit).await
    }

    async fn exchange(
        &self,
        method: Method,
        href: &str,
        document: Option<&Value>,
    ) -> Result<Value, BrokerError> {
        let sent = document.is_some();
        let (asked, answer) = self.answer(method, href, document).await?;
        let body = self.body(&asked, answer, MAX_RESOURCE).await?;
        if sent && body.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&body).map_err(|error| {
            let why = format!("it is not JSON: {error}");
            self.error(BrokerErrorKind::NotHal { asked, why })
        })
    }

    /// An answer of 2xx, and what was asked for it.
    async fn answer(
        &self,
        method: Method,
        href: &str,
        document: Option<&Value>,
    ) -> Result<(String, Response), BrokerError> {
        let url = self.url(href)?;
        let asked = format!("{method} {}", url.path());
        let mut request = self.client.request(method, url).header(ACCEPT, HAL);
        request = match &self.login {
            Some(BrokerLogin::Basic { username, password }) => {
                request.basic_auth(username, Some(password))
            }
            Some(BrokerLogin::Token(token)) => request.bearer_auth(token),
            None => request,
        };
        if let Some(document) = document {
            request = request.json(document);
        }
        let answer = request.send().await;
        let answer = answer.map_err(|error| self.broken(&asked, &error))?;
        let status = answer.status();
        if status.is_success() {
            return Ok((asked, answer));
        }
        let words = words(&self.body(&asked, answer, MAX_RESOURCE).await?);
        let status = status.as_u16();
        Err(self.error(match status {
            401 | 403 => BrokerErrorKind::Refused {
                asked,
                shown: self.shown(),
                status,
                words,
            },
            _ => BrokerErrorKind::Status {
                asked,
                status,
                words,
            },
        }))
    }

    async fn body(
        &self,
        asked: &str,
        mut answer: Response,
        limit: usize,
    ) -> Result<Vec<u8>, BrokerError> {
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.transpose() {
            body.extend_from_slice(&chunk.map_err(|error| self.broken(asked, &error))?);
            if body.len() > limit {
                let asked = asked.to_owned();
                return Err(self.error(BrokerErrorKind::TooLarge { asked, limit }));
            }
        }
        Ok(body)
    }

    /// What requests show to be let in, without what is secret of it.
    fn shown(&self) -> String {
        match &self.login {
            Some(BrokerLogin::Basic { username, .. }) => {
                format!("user `{username}` and a password")
            }
            Some(BrokerLogin::Token(_)) => "a token".to_owned(),
            None => "no credentials".to_owned(),
        }
    }

    fn broken(&self, asked: &str, error: &reqwest::Error) -> BrokerError {
        let asked = asked.to_owned();
        self.error(if error.is_timeout() {
            let limit = PATIENCE;
            BrokerErrorKind::Timeout { asked, limit }
        } else if error.is_connect() {
            BrokerErrorKind::Unreachable(innermost(error))
        } else {
            let why = innermost(error);
            BrokerErrorKind::Broken { asked, why }
        })
    }

    pub(super) fn error(&self, kind: BrokerErrorKind) -> BrokerError {
        let host = self.base.host_str().unwrap_or_default();
        let port = self.base.port_or_known_default().unwrap_or_default();
        BrokerError {
            broker: format!("{host}:{port}"),
            kind,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hal(url: &str) -> Hal {
        // Already installed when another test of this process was first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let plan = BrokerPlan {
            url: url.to_owned(),
            provider: "storefront".to_owned(),
            login: None,
            selectors: Vec::new(),
            pending: false,
            wip_since: None,
            provider_branch: None,
            provider_tags: Vec::new(),
            publish: None,
        };
        Hal::new(&plan).expect(url)
    }

    #[test]
    fn links_lead_to_the_brokers_own_address_below_its_base_path() {
        for (base, href, expected) in [
            ("http://h:1", "", "http://h:1/"),
            (
                "http://h:1",
                "https://other/a%2Fb?c=d",
                "http://h:1/a%2Fb?c=d",
            ),
            ("http://h:1/pact", "", "http://h:1/pact/"),
            ("http://h:1/pact/", "http://h:1/pact/a", "http://h:1/pact/a"),
            ("http://h:1/pact", "/a", "http://h:1/pact/a"),
            ("http://h:1/pact", "/pactfoo/a", "http://h:1/pact/pactfoo/a"),
        ] {
            let url = hal(base).url(href).expect(href);
            assert_eq!(url.as_str(), expected, "{base} {href}");
        }
    }
}
