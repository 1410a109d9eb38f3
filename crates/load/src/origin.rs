use std::fmt;

use rtest_core::Scheme;

/// Whom connections are opened to: scheme, host and port of a URL (RFC 6454).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    /// What is spoken.
    pub scheme: Scheme,
    /// A name in lower case, or an address; IPv6 without brackets.
    pub host: String,
    /// From 1.
    pub port: u16,
}

impl Origin {
    /// Takes `host[:port]` apart; an IPv6 address stands in brackets. Nothing where that is no
    /// host and port.
    pub fn parse(scheme: Scheme, authority: &str) -> Option<Self> {
        let (host, port) = match authority.strip_prefix('[') {
            Some(rest) => {
                let (host, port) = rest.split_once(']')?;
                (host, port.strip_prefix(':').unwrap_or(port))
            }
            None => authority.split_once(':').unwrap_or((authority, "")),
        };
        let port = match port {
            "" => scheme.default_port(),
            _ => port.parse().ok().filter(|port| *port != 0)?,
        };
        (!host.is_empty()).then(|| Self {
            scheme,
            host: host.to_ascii_lowercase(),
            port,
        })
    }

    /// As the `host` header has it: the port only where it is not the scheme's own (RFC 9110,
    /// 4.2.3).
    pub fn authority(&self) -> String {
        if self.port == self.scheme.default_port() {
            Bracketed(&self.host).to_string()
        } else {
            self.to_string()
        }
    }
}

/// `host:port`.
impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", Bracketed(&self.host), self.port)
    }
}

struct Bracketed<'a>(&'a str);

impl fmt::Display for Bracketed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.contains(':') {
            write!(f, "[{}]", self.0)
        } else {
            f.write_str(self.0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn authorities_are_taken_apart_and_written_as_headers_have_them() {
        for (scheme, authority, whole, header) in [
            (Scheme::Http, "Host", "host:80", "host"),
            (Scheme::Https, "host:443", "host:443", "host"),
            (Scheme::Https, "host:80", "host:80", "host:80"),
            (Scheme::Http, "[::1]:8080", "[::1]:8080", "[::1]:8080"),
            (Scheme::Http, "[::1]", "[::1]:80", "[::1]"),
        ] {
            let origin = Origin::parse(scheme, authority).expect(authority);
            assert_eq!(origin.to_string(), whole);
            assert_eq!(origin.authority(), header);
        }
        for authority in ["", ":80", "host:0", "host:x", "host:65536", "[::1", "::1"] {
            assert_eq!(Origin::parse(Scheme::Http, authority), None, "{authority}");
        }
    }
}
