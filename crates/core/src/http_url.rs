use url::Url;

/// What a URL is spoken over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// `http`
    #[default]
    Http,
    /// `https`
    Https,
}

impl Scheme {
    /// As a URL begins.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    /// The port where a URL names none.
    pub const fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

/// An `http://` or `https://` URL, taken apart once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpUrl {
    /// What is spoken.
    pub scheme: Scheme,
    /// `host:port`; the port is always there.
    pub authority: String,
    /// `/` or `/…`, percent-encoded.
    pub path: String,
    /// What follows `?`, percent-encoded.
    pub query: Option<String>,
}

/// A text that is no usable `http://` or `https://` URL.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct HttpUrlError {
    /// What is wrong, in plain words.
    pub message: String,
    /// What to write instead.
    pub hint: &'static str,
}

impl HttpUrl {
    /// Takes `http[s]://host[:port][/path][?query]` apart; a fragment is dropped.
    ///
    /// # Errors
    /// Another scheme, a login, or no usable host and port.
    pub fn parse(text: &str) -> Result<Self, HttpUrlError> {
        const HINT: &str = "write `http://host[:port]`";
        let refuse = |message: String, hint: &'static str| Err(HttpUrlError { message, hint });
        let url = match Url::parse(text) {
            Ok(url) => url,
            Err(error) => return refuse(format!("this is not a usable URL: {error}"), HINT),
        };
        let scheme = match url.scheme() {
            "http" => Scheme::Http,
            "https" => Scheme::Https,
            other => return refuse(format!("`{other}` is not a scheme that rtest speaks"), HINT),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return refuse(
                "a target holds no user and password".to_owned(),
                "send them in an `authorization` header",
            );
        }
        match (url.host_str(), url.port_or_known_default()) {
            (Some(host), Some(port)) if port > 0 => Ok(Self {
                scheme,
                authority: format!("{host}:{port}"),
                path: url.path().to_owned(),
                query: url.query().map(str::to_owned),
            }),
            _ => refuse("the URL has no usable host and port".to_owned(), HINT),
        }
    }

    /// Path and query, as a request line has them.
    pub fn path_and_query(&self) -> String {
        match &self.query {
            Some(query) => format!("{}?{query}", self.path),
            None => self.path.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_taken_apart() {
        for (url, authority, path) in [
            (
                "http://localhost:3000/users?page=2#top",
                "localhost:3000",
                "/users?page=2",
            ),
            ("http://127.0.0.1", "127.0.0.1:80", "/"),
            ("http://[::1]:8080/x", "[::1]:8080", "/x"),
            ("HTTP://Host?q=a b", "host:80", "/?q=a%20b"),
            ("https://host/x", "host:443", "/x"),
        ] {
            let parsed = HttpUrl::parse(url).expect(url);
            assert_eq!(
                (parsed.authority.as_str(), parsed.path_and_query().as_str()),
                (authority, path),
                "{url}"
            );
        }
    }

    #[test]
    fn what_is_no_usable_url_is_refused() {
        for url in [
            "",
            "localhost",
            "localhost:3000",
            "ftp://h",
            "http://",
            "http://h:0",
            "http://h:x",
            "http://u:p@h",
        ] {
            assert!(HttpUrl::parse(url).is_err(), "{url}");
        }
    }
}
