use std::path::PathBuf;
use std::time::Duration;

use crate::span::Span;
use crate::template::Template;

/// A service of the environment.
#[derive(Clone, Debug)]
pub struct ServicePlan {
    /// Its unique name.
    pub name: String,
    /// Where it comes from.
    pub provider: Provider,
    /// Names of the services that must be ready before it starts.
    pub depends_on: Vec<String>,
    /// Environment variables beyond the inherited ones; `{{ SERVICE.url }}` is the address of the
    /// link's proxy where the service depends on that one.
    pub env: Vec<(String, Template)>,
    /// When it counts as ready.
    pub ready: Readiness,
    /// Its entry in the suite.
    pub span: Span,
}

/// Where a service comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Provider {
    /// A sample service inside the `rtest` binary, run as a child process.
    Builtin {
        /// Which one: `catalog`, `storefront`.
        sample: String,
        /// Behaviours to break: `deadline`, `retries`, `breaker`, `fallback`, `dlq`, `contract`.
        breaks: Vec<String>,
    },
    /// A local command. It is told its port in `PORT`.
    Process {
        /// Program and arguments.
        command: Vec<Template>,
        /// Working directory.
        cwd: PathBuf,
        /// The port it will listen on, on 127.0.0.1; a free one where absent.
        port: Option<u16>,
    },
    /// Something that is already up, and is neither started nor stopped.
    External {
        /// `host:port`.
        address: String,
    },
}

/// When a service counts as ready.
#[derive(Clone, Debug, PartialEq)]
pub struct Readiness {
    /// What is asked.
    pub probe: ReadinessProbe,
    /// How long it may take, from the start of the service.
    pub within: Duration,
}

/// What a service is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadinessProbe {
    /// `GET path` is answered with a status of 200 to 299.
    Http {
        /// The path.
        path: String,
    },
    /// A TCP connection is accepted and not closed at once. Weaker than asking the protocol.
    Tcp,
}

/// An edge of `depends_on`, made of a proxy with a stable port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkPlan {
    /// `caller -> callee`.
    pub name: String,
    /// Who calls.
    pub caller: String,
    /// Who is called.
    pub callee: String,
    /// The environment variable in which the caller finds the proxy's URL: `CATALOG_URL`.
    pub variable: String,
}

impl LinkPlan {
    /// The edge from `caller` to `callee`.
    pub fn new(caller: &str, callee: &str) -> Self {
        let variable: String = callee
            .chars()
            .map(|c| {
                if c.is_ascii_alphanumeric() {
                    c.to_ascii_uppercase()
                } else {
                    '_'
                }
            })
            .collect();
        Self {
            name: format!("{caller} -> {callee}"),
            caller: caller.to_owned(),
            callee: callee.to_owned(),
            variable: format!("{variable}_URL"),
        }
    }
}

/// What load, probes and contracts are aimed at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A service of the suite, by name.
    Service(String),
    /// An address outside the suite.
    Address {
        /// `host:port`, for the Host header and messages.
        authority: String,
        /// Prefix of every path; empty or `/…` without a trailing slash.
        base_path: String,
    },
}

/// An HTTP call made by the harness itself, not by load: states, probes.
#[derive(Clone, Debug)]
pub struct HttpCall {
    /// Upper-case method.
    pub method: String,
    /// Path with query.
    pub path: String,
    /// A JSON body.
    pub json: Option<serde_json::Value>,
}

impl Target {
    /// Splits `http://host[:port][/path]` into the target and the path with query, which is at
    /// least `/`.
    ///
    /// # Errors
    /// In plain words, when it is no such URL.
    pub fn parse_url(url: &str) -> Result<(Self, String), String> {
        let lower = url.to_ascii_lowercase();
        if lower.starts_with("https://") {
            return Err("https is not supported by this version".to_owned());
        }
        if !lower.starts_with("http://") {
            return Err(format!("`{url}` is not an http:// URL"));
        }
        let rest = &url["http://".len()..];
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        if authority.contains('@') {
            return Err(
                "a login in a URL is not supported: send an Authorization header".to_owned(),
            );
        }
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => (host, Some(port)),
            _ => (authority, None),
        };
        let bad_host = |c: char| c.is_whitespace() || c.is_control() || "<>\"{}|\\^`".contains(c);
        if host.is_empty() || host.contains(bad_host) {
            return Err(format!("`{url}` has no usable host"));
        }
        if port.is_some_and(|port| port.parse::<u16>().map_or(true, |port| port == 0)) {
            return Err(format!("`{}` is not a port", port.unwrap_or_default()));
        }
        if path.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err(format!("the path of `{url}` holds a space: write %20"));
        }
        let path = path.split('#').next().unwrap_or_default();
        let path = if path.starts_with('/') {
            path.to_owned()
        } else {
            format!("/{path}")
        };
        let target = Self::Address {
            authority: authority.to_owned(),
            base_path: String::new(),
        };
        Ok((target, path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_split_into_target_and_path() {
        for (url, authority, path) in [
            (
                "http://localhost:3000/users?page=2#top",
                "localhost:3000",
                "/users?page=2",
            ),
            ("http://127.0.0.1", "127.0.0.1", "/"),
            ("http://[::1]:8080/x", "[::1]:8080", "/x"),
            ("http://h?q=1", "h", "/?q=1"),
        ] {
            let (target, found) = Target::parse_url(url).expect(url);
            let expected = Target::Address {
                authority: authority.into(),
                base_path: String::new(),
            };
            assert_eq!((target, found.as_str()), (expected, path), "{url}");
        }
    }

    #[test]
    fn what_is_no_usable_url_is_refused() {
        for url in [
            "",
            "localhost",
            "https://h",
            "http://",
            "http://:80",
            "http://h:0",
            "http://h:x",
            "http://u:p@h",
            "http://h/a b",
        ] {
            assert!(Target::parse_url(url).is_err(), "{url}");
        }
    }
}
