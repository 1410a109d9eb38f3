use hyper::Method;

/// What a request is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Route {
    Version,
    Metrics,
    Reset,
    Populate,
    ListProxies,
    CreateProxy,
    ShowProxy(String),
    UpdateProxy(String),
    DeleteProxy(String),
    ListToxics(String),
    CreateToxic(String),
    ShowToxic(String, String),
    UpdateToxic(String, String),
    DeleteToxic(String, String),
    ListFaults(String),
    CreateFault(String),
    ShowFault(String, String),
    UpdateFault(String, String),
    RenewFault(String, String),
    DeleteFault(String, String),
}

/// Why a request is for nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoRoute {
    /// There is no such path.
    Path,
    /// There is, but not with this method.
    Method,
    /// The path is not well-formed.
    Malformed,
}

impl Route {
    /// Paths are exact: no trailing slash, no empty segment.
    pub(super) fn of(method: &Method, path: &str) -> Result<Self, NoRoute> {
        let path = percent_decode(path).ok_or(NoRoute::Malformed)?;
        let segments: Vec<&str> = path
            .strip_prefix('/')
            .unwrap_or_default()
            .split('/')
            .collect();
        let route = match (segments.as_slice(), method.as_str()) {
            (["version"], "GET") => Self::Version,
            // Whatever the method; and only where metrics are switched on.
            (["metrics"], _) => Self::Metrics,
            (["reset"], "POST") => Self::Reset,
            (["populate"], "POST") => Self::Populate,
            (["proxies"], "GET") => Self::ListProxies,
            (["proxies"], "POST") => Self::CreateProxy,
            (["version" | "reset" | "populate" | "proxies"], _) => return Err(NoRoute::Method),
            (["proxies", names @ ..], _) if names.iter().any(|name| name.is_empty()) => {
                return Err(NoRoute::Path);
            }
            (["proxies", proxy], method) => {
                let proxy = (*proxy).to_owned();
                match method {
                    "GET" => Self::ShowProxy(proxy),
                    "POST" | "PATCH" => Self::UpdateProxy(proxy),
                    "DELETE" => Self::DeleteProxy(proxy),
                    _ => return Err(NoRoute::Method),
                }
            }
            (["proxies", proxy, "toxics"], method) => {
                let proxy = (*proxy).to_owned();
                match method {
                    "GET" => Self::ListToxics(proxy),
                    "POST" => Self::CreateToxic(proxy),
                    _ => return Err(NoRoute::Method),
                }
            }
            (["proxies", proxy, "toxics", toxic], method) => {
                let (proxy, toxic) = ((*proxy).to_owned(), (*toxic).to_owned());
                match method {
                    "GET" => Self::ShowToxic(proxy, toxic),
                    "POST" | "PATCH" => Self::UpdateToxic(proxy, toxic),
                    "DELETE" => Self::DeleteToxic(proxy, toxic),
                    _ => return Err(NoRoute::Method),
                }
            }
            (["rtest", "v1", rest @ ..], method) => Self::beyond(method, rest)?,
            _ => return Err(NoRoute::Path),
        };
        Ok(route)
    }

    /// A route below `/rtest/v1`.
    fn beyond(method: &str, segments: &[&str]) -> Result<Self, NoRoute> {
        if segments.iter().any(|segment| segment.is_empty()) {
            return Err(NoRoute::Path);
        }
        match segments {
            ["proxies", proxy, "faults"] => {
                let proxy = (*proxy).to_owned();
                match method {
                    "GET" => Ok(Self::ListFaults(proxy)),
                    "POST" => Ok(Self::CreateFault(proxy)),
                    _ => Err(NoRoute::Method),
                }
            }
            ["proxies", proxy, "faults", fault] => {
                let (proxy, fault) = ((*proxy).to_owned(), (*fault).to_owned());
                match method {
                    "GET" => Ok(Self::ShowFault(proxy, fault)),
                    "PATCH" => Ok(Self::UpdateFault(proxy, fault)),
                    "DELETE" => Ok(Self::DeleteFault(proxy, fault)),
                    _ => Err(NoRoute::Method),
                }
            }
            ["proxies", proxy, "faults", fault, "renew"] => match method {
                "POST" => Ok(Self::RenewFault((*proxy).to_owned(), (*fault).to_owned())),
                _ => Err(NoRoute::Method),
            },
            _ => Err(NoRoute::Path),
        }
    }

    /// Whether Toxiproxy has no such route.
    pub(super) fn is_beyond(&self) -> bool {
        matches!(
            self,
            Self::ListFaults(_)
                | Self::CreateFault(_)
                | Self::ShowFault(..)
                | Self::UpdateFault(..)
                | Self::RenewFault(..)
                | Self::DeleteFault(..)
        )
    }

    /// Whether the request's body means anything.
    pub(super) fn takes_body(&self) -> bool {
        matches!(
            self,
            Self::Populate
                | Self::CreateProxy
                | Self::UpdateProxy(_)
                | Self::CreateToxic(_)
                | Self::UpdateToxic(..)
                | Self::CreateFault(_)
                | Self::UpdateFault(..)
                | Self::RenewFault(..)
        )
    }
}

/// The path with its escapes resolved; nothing where one is cut off or not hexadecimal.
fn percent_decode(path: &str) -> Option<String> {
    let mut bytes = path.bytes();
    let mut decoded = Vec::with_capacity(path.len());
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => {
                let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
                let (high, low) = (digit(bytes.next())?, digit(bytes.next())?);
                u8::try_from(high * 16 + low).ok()?
            }
            other => other,
        });
    }
    Some(String::from_utf8_lossy(&decoded).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(method: &str, path: &str) -> Result<Route, NoRoute> {
        Route::of(&method.parse().unwrap(), path)
    }

    #[test]
    fn paths_are_exact_and_methods_are_checked_after_them() {
        for (method, path, expected) in [
            ("GET", "/proxies/", NoRoute::Path),
            ("GET", "/", NoRoute::Path),
            ("GET", "", NoRoute::Path),
            ("GET", "/proxies//toxics", NoRoute::Path),
            ("GET", "/proxies/a/", NoRoute::Path),
            ("GET", "/proxies/a/toxics/", NoRoute::Path),
            ("GET", "/proxies/a/toxics/b/c", NoRoute::Path),
            ("GET", "/proxies/a/other", NoRoute::Path),
            ("HEAD", "/version", NoRoute::Method),
            ("GET", "/reset", NoRoute::Method),
            ("DELETE", "/proxies", NoRoute::Method),
            ("PUT", "/proxies/a", NoRoute::Method),
            ("PATCH", "/proxies/a/toxics", NoRoute::Method),
            ("PUT", "/proxies/a/toxics/b", NoRoute::Method),
            ("GET", "/proxies/%2", NoRoute::Malformed),
            ("GET", "/proxies/%zz", NoRoute::Malformed),
        ] {
            assert_eq!(route(method, path), Err(expected), "{method} {path}");
        }
    }

    #[test]
    fn names_are_decoded() {
        assert_eq!(
            route("GET", "/proxies/storefront%20-%3E%20catalog"),
            Ok(Route::ShowProxy("storefront -> catalog".into()))
        );
        assert_eq!(
            route("GET", "/proxies/a%2Fb"),
            Err(NoRoute::Path),
            "an escaped slash is a slash"
        );
    }
}
