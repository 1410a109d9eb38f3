use std::fmt;
use std::net::SocketAddr;

use rtest_core::plan::Protocol;

/// Where a service is reached, as one writes it in a URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Endpoint {
    /// A name or an address; IPv6 without brackets.
    host: String,
    port: u16,
}

impl Endpoint {
    pub(crate) fn new(host: String, port: u16) -> Self {
        Self { host, port }
    }

    /// Parses `host:port`; an IPv6 address stands in brackets.
    pub(crate) fn parse(authority: &str) -> Option<Self> {
        let (host, port) = authority.rsplit_once(':')?;
        let host = match host.strip_prefix('[') {
            Some(rest) => rest.strip_suffix(']')?,
            None if host.contains(':') => return None,
            None => host,
        };
        Some(Self {
            host: (!host.is_empty()).then(|| host.to_owned())?,
            port: port.parse().ok().filter(|port| *port != 0)?,
        })
    }

    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The value of `{{ SERVICE.aspect }}`: `url`, `host` or `port` of a service that speaks this.
    pub(crate) fn aspect(&self, aspect: &str, protocol: &Protocol) -> Option<String> {
        match aspect {
            "url" => Some(protocol.url(&self.to_string())),
            "host" => Some(self.host.clone()),
            "port" => Some(self.port.to_string()),
            _ => None,
        }
    }

    /// Every aspect there is.
    pub(crate) const ASPECTS: [&'static str; 3] = ["url", "host", "port"];
}

impl From<SocketAddr> for Endpoint {
    fn from(address: SocketAddr) -> Self {
        Self {
            host: address.ip().to_string(),
            port: address.port(),
        }
    }
}

/// `host:port`, the form of a Host header.
impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn authorities_are_read_and_written_alike() {
        for authority in ["127.0.0.1:80", "staging.example:8443", "[::1]:3000"] {
            let endpoint = Endpoint::parse(authority).expect(authority);
            assert_eq!(endpoint.to_string(), authority);
            assert_eq!(
                endpoint.aspect("url", &Protocol::Http),
                Some(format!("http://{authority}"))
            );
        }
        let six = Endpoint::parse("[::1]:3000").expect("an IPv6 address");
        assert_eq!(six.aspect("host", &Protocol::Http).as_deref(), Some("::1"));
        assert_eq!(six.aspect("port", &Protocol::Http).as_deref(), Some("3000"));
        assert_eq!(six.aspect("path", &Protocol::Http), None);
    }

    #[test]
    fn authorities_without_a_usable_port_are_refused() {
        for authority in ["", "host", ":80", "host:", "host:0", "host:99999", "::1:80"] {
            assert_eq!(Endpoint::parse(authority), None, "{authority}");
        }
    }
}
