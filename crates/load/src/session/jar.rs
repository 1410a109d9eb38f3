use std::time::{Duration, SystemTime};

use cookie::{Cookie, Expiration};
use hyper::header::HeaderValue;
use rtest_core::Scheme;

use crate::origin::Origin;

/// Cookies of one domain at most, as browsers have it; the oldest go first.
const MOST_PER_DOMAIN: usize = 50;

/// Cookies at most, as browsers have it (RFC 6265, 6.1).
const MOST: usize = 3000;

/// Bytes of a cookie's name and value at most; a larger one is ignored, as browsers do.
const LARGEST: usize = 4096;

/// The cookies of one virtual user (RFC 6265). There is no list of public suffixes: a domain of a
/// single label is refused, and a service that sets cookies for `co.uk` is believed.
#[derive(Clone, Debug, Default)]
pub(super) struct Jar {
    /// In the order in which they were first set.
    cookies: Vec<Stored>,
}

#[derive(Clone, Debug)]
struct Stored {
    name: String,
    value: String,
    domain: String,
    /// Whether hosts below the domain do not get it.
    host_only: bool,
    path: String,
    secure: bool,
    /// When it goes; with the virtual user's session where absent.
    expires: Option<SystemTime>,
}

impl Jar {
    /// Whether there is nothing in it.
    pub(super) const fn is_empty(&self) -> bool {
        self.cookies.is_empty()
    }

    /// Takes note of a `set-cookie` in an answer to a request for `path` (with or without its
    /// query). What is no cookie, or may not be set from there, is ignored.
    pub(super) fn store(
        &mut self,
        value: &HeaderValue,
        from: &Origin,
        path: &str,
        now: SystemTime,
    ) {
        let Some(cookie) = read(value, from, path, now) else {
            return;
        };
        let same = self.cookies.iter().position(|stored| {
            (&stored.name, &stored.domain, &stored.path)
                == (&cookie.name, &cookie.domain, &cookie.path)
        });
        let is_gone = cookie.is_expired(now);
        match same {
            Some(place) if is_gone => {
                self.cookies.remove(place);
            }
            Some(place) => self.cookies[place] = cookie,
            None if is_gone => {}
            None => {
                self.make_room(&cookie.domain, now);
                self.cookies.push(cookie);
            }
        }
    }

    /// The `cookie` header of a request for `path`, after what it has of its own; nothing where
    /// there would be none.
    pub(super) fn header(
        &self,
        own: Option<&HeaderValue>,
        to: &Origin,
        path: &str,
        now: SystemTime,
    ) -> Option<HeaderValue> {
        let path = without_query(path);
        let names_own = |name: &str| own.is_some_and(|own| names(own, name));
        let mut fitting: Vec<_> = self
            .cookies
            .iter()
            .filter(|cookie| cookie.fits(to, path, now) && !names_own(&cookie.name))
            .collect();
        if fitting.is_empty() {
            return None;
        }
        // Longer paths first; the sort is stable, so older cookies come first among equals.
        fitting.sort_by_key(|cookie| std::cmp::Reverse(cookie.path.len()));
        let mut all = own.map(|own| own.as_bytes().to_vec()).unwrap_or_default();
        for Stored { name, value, .. } in fitting {
            let between = if all.is_empty() { "" } else { "; " };
            for part in [between, name, "=", value] {
                all.extend_from_slice(part.as_bytes());
            }
        }
        let mut header = HeaderValue::from_bytes(&all).ok()?;
        header.set_sensitive(true);
        Some(header)
    }

    /// Makes room for one more of a domain: what has expired goes first, then the oldest.
    fn make_room(&mut self, domain: &str, now: SystemTime) {
        let of_domain = |cookies: &[Stored]| {
            let all = cookies.iter().filter(|cookie| cookie.domain == domain);
            all.count()
        };
        if self.cookies.len() < MOST && of_domain(&self.cookies) < MOST_PER_DOMAIN {
            return;
        }
        self.cookies.retain(|cookie| !cookie.is_expired(now));
        if of_domain(&self.cookies) >= MOST_PER_DOMAIN {
            let oldest = self
                .cookies
                .iter()
                .position(|cookie| cookie.domain == domain);
            oldest.map(|oldest| self.cookies.remove(oldest));
        }
        if self.cookies.len() >= MOST {
            self.cookies.remove(0);
        }
    }
}

impl Stored {
    fn is_expired(&self, now: SystemTime) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }

    fn fits(&self, to: &Origin, path: &str, now: SystemTime) -> bool {
        let domain = if self.host_only {
            to.host == self.domain
        } else {
            domain_match(&to.host, &self.domain)
        };
        domain
            && path_match(path, &self.path)
            && (!self.secure || to.scheme == Scheme::Https)
            && !self.is_expired(now)
    }
}

/// A `set-cookie` (RFC 6265, 5.2 and 5.3); nothing where it is to be ignored.
fn read(value: &HeaderValue, from: &Origin, path: &str, now: SystemTime) -> Option<Stored> {
    let cookie = Cookie::parse(std::str::from_utf8(value.as_bytes()).ok()?).ok()?;
    let (name, value) = (cookie.name(), cookie.value());
    if name.len() + value.len() > LARGEST {
        return None;
    }
    let (domain, host_only) = match cookie.domain() {
        None | Some("") => (from.host.clone(), true),
        Some(domain) => {
            let domain = domain.to_ascii_lowercase();
            if domain == from.host {
                // An address, or a single label, has nothing below it.
                let alone = is_address(&domain) || !domain.contains('.');
                (domain, alone)
            } else if domain.contains('.') && domain_match(&from.host, &domain) {
                (domain, false)
            } else {
                return None;
            }
        }
    };
    let path = match cookie.path() {
        Some(path) if path.starts_with('/') => path,
        _ => default_path(path),
    };
    let expires = match (cookie.max_age(), cookie.expires()) {
        (Some(age), _) => {
            let age = Duration::try_from(age).unwrap_or_default();
            // What ends after all time ends with the session.
            now.checked_add(age)
        }
        (None, Some(Expiration::DateTime(at))) => Some(SystemTime::from(at)),
        (None, _) => None,
    };
    Some(Stored {
        name: name.to_owned(),
        value: value.to_owned(),
        domain,
        host_only,
        path: path.to_owned(),
        secure: cookie.secure().unwrap_or(false),
        expires,
    })
}

/// RFC 6265, 5.1.3.
fn domain_match(host: &str, domain: &str) -> bool {
    host == domain
        || !is_address(host)
            && host
                .strip_suffix(domain)
                .is_some_and(|below| below.ends_with('.'))
}

fn is_address(host: &str) -> bool {
    host.parse::<std::net::IpAddr>().is_ok()
}

/// RFC 6265, 5.1.4.
fn path_match(path: &str, cookie: &str) -> bool {
    path.strip_prefix(cookie)
        .is_some_and(|rest| rest.is_empty() || cookie.ends_with('/') || rest.starts_with('/'))
}

/// RFC 6265, 5.1.4: up to the last slash.
fn default_path(path: &str) -> &str {
    match without_query(path).rfind('/') {
        None | Some(0) => "/",
        Some(last) => &path[..last],
    }
}

fn without_query(path: &str) -> &str {
    path.split('?').next().unwrap_or(path)
}

/// Whether a `cookie` header names a cookie.
fn names(header: &HeaderValue, name: &str) -> bool {
    let mut pairs = header.as_bytes().split(|byte| *byte == b';');
    pairs.any(|pair| {
        let end = pair.iter().position(|byte| *byte == b'=');
        pair[..end.unwrap_or(pair.len())].trim_ascii() == name.as_bytes()
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::session::tests::origin;

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    fn value(text: &str) -> HeaderValue {
        HeaderValue::from_str(text).expect(text)
    }

    fn set(jar: &mut Jar, from: &str, path: &str, cookie: &str) {
        jar.store(&value(cookie), &origin(from), path, at(1000));
    }

    fn sent(jar: &Jar, to: &str, path: &str) -> String {
        let header = jar.header(None, &origin(to), path, at(1000));
        header.map_or_else(String::new, |header| {
            assert!(header.is_sensitive());
            header.to_str().expect("text").to_owned()
        })
    }

    /// Where a cookie that was set by `http://www.shop.com/a/b?q=/` is sent.
    fn goes(cookie: &str, to: &str, path: &str) -> bool {
        let mut jar = Jar::default();
        set(&mut jar, "http://www.shop.com", "/a/b?q=/", cookie);
        !sent(&jar, to, path).is_empty()
    }

    #[test]
    fn a_cookie_goes_back_to_where_it_is_from() {
        for (cookie, to, path, expected) in [
            ("a=b", "http://www.shop.com", "/a", true),
            ("a=b", "http://www.shop.com", "/a/c?x=1", true),
            ("a=b", "https://www.shop.com:8443", "/a/", true),
            ("a=b", "http://www.shop.com", "/ab", false),
            ("a=b", "http://www.shop.com", "/", false),
            ("a=b; Path=/", "http://www.shop.com", "/?/a", true),
            ("a=b; path=nowhere", "http://www.shop.com", "/a", true),
            ("a=b; Path=/x/", "http://www.shop.com", "/x", false),
            ("a=b; Path=/x/", "http://www.shop.com", "/x/y", true),
            ("a=b; Path=/", "http://shop.com", "/", false),
            ("a=b; Path=/", "http://x.www.shop.com", "/", false),
            ("a=b; Path=/; Domain=shop.com", "http://shop.com", "/", true),
            (
                "a=b; Path=/; Domain=.SHOP.com",
                "http://api.shop.com",
                "/",
                true,
            ),
            (
                "a=b; Path=/; Domain=shop.com",
                "http://workshop.com",
                "/",
                false,
            ),
            (
                "a=b; Path=/; Domain=www.shop.com",
                "http://x.www.shop.com",
                "/",
                true,
            ),
            (
                "a=b; Path=/; Domain=api.shop.com",
                "http://api.shop.com",
                "/",
                false,
            ),
            ("a=b; Path=/; Domain=com", "http://www.shop.com", "/", false),
            (
                "a=b; Path=/; Domain=evil.org",
                "http://evil.org",
                "/",
                false,
            ),
            ("a=b; Path=/; Secure", "http://www.shop.com", "/", false),
            ("a=b; Path=/; Secure", "https://www.shop.com", "/", true),
        ] {
            assert_eq!(goes(cookie, to, path), expected, "{cookie} to {to}{path}");
        }
    }

    #[test]
    fn addresses_and_single_labels_have_nothing_below_them() {
        let mut jar = Jar::default();
        set(&mut jar, "http://127.0.0.1:1", "/", "a=b; Domain=127.0.0.1");
        set(&mut jar, "http://127.0.0.1:1", "/", "c=d; Domain=0.0.1");
        set(&mut jar, "http://localhost", "/", "e=f; Domain=localhost");
        set(&mut jar, "http://[::1]", "/", "g=h");
        assert_eq!(sent(&jar, "http://127.0.0.1:2", "/"), "a=b");
        assert_eq!(sent(&jar, "http://localhost", "/"), "e=f");
        assert_eq!(sent(&jar, "http://x.localhost", "/"), "");
        assert_eq!(sent(&jar, "http://[::1]", "/"), "g=h");
    }

    #[test]
    fn longer_paths_come_first_and_then_older_cookies() {
        let mut jar = Jar::default();
        for cookie in ["a=1; Path=/", "b=2; Path=/x", "c=3; Path=/", "d=4; Path=/x"] {
            set(&mut jar, "http://h", "/", cookie);
        }
        assert_eq!(sent(&jar, "http://h", "/x"), "b=2; d=4; a=1; c=3");
        set(&mut jar, "http://h", "/", "a=new; Path=/");
        assert_eq!(sent(&jar, "http://h", "/"), "a=new; c=3");
    }

    #[test]
    fn what_the_step_says_itself_comes_first_and_wins() {
        let mut jar = Jar::default();
        set(&mut jar, "http://h", "/", "a=1");
        set(&mut jar, "http://h", "/", "b=2");
        let own = value("x=9;  b = 3");
        let header = jar.header(Some(&own), &origin("http://h"), "/", at(1000));
        assert_eq!(header.expect("cookies"), "x=9;  b = 3; a=1");
    }

    #[test]
    fn a_cookie_goes_when_its_time_has_come() {
        let (h, home) = ("http://h", origin("http://h"));
        let mut jar = Jar::default();
        set(&mut jar, h, "/", "a=1; Max-Age=10");
        set(
            &mut jar,
            h,
            "/",
            "b=2; Expires=Thu, 01 Jan 1970 00:16:50 GMT",
        );
        set(
            &mut jar,
            h,
            "/",
            "c=3; Expires=Thu, 01-Jan-70 00:16:50 GMT; Max-Age=20",
        );
        set(&mut jar, h, "/", "d=4; Max-Age=99999999999999999999");
        set(&mut jar, h, "/", "e=5; Expires=yesterday");
        set(&mut jar, h, "/", "f=6; Max-Age=0");
        set(
            &mut jar,
            h,
            "/",
            "g=7; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
        );
        let at = |seconds| {
            let header = jar.header(None, &home, "/", at(seconds));
            header.expect("cookies").to_str().expect("text").to_owned()
        };
        assert_eq!(at(1009), "a=1; b=2; c=3; d=4; e=5");
        assert_eq!(at(1010), "c=3; d=4; e=5");
        assert_eq!(at(1020), "d=4; e=5");
        for gone in [
            "d=; Max-Age=-1",
            "e=x; Expires=Thu, 01 Jan 1970 00:00:01 GMT",
        ] {
            set(&mut jar, h, "/", gone);
        }
        assert_eq!(sent(&jar, h, "/"), "a=1; b=2; c=3");
    }

    #[test]
    fn a_service_cannot_fill_the_memory() {
        let mut jar = Jar::default();
        for n in 0..200 {
            set(&mut jar, "http://h", "/", &format!("c{n}=x"));
        }
        set(
            &mut jar,
            "http://h",
            "/",
            &format!("large={}", "x".repeat(5000)),
        );
        let cookies = sent(&jar, "http://h", "/");
        let first = cookies.split("; ").next();
        assert_eq!((cookies.split("; ").count(), first), (50, Some("c150=x")));
        for host in 0..100 {
            for n in 0..50 {
                set(
                    &mut jar,
                    &format!("http://h{host}"),
                    "/",
                    &format!("c{n}=x"),
                );
            }
        }
        assert_eq!(jar.cookies.len(), 3000);
    }

    proptest! {
        #[test]
        fn nothing_that_is_set_brings_it_down(
            bytes in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..60), 1..4),
            attributes in "(; ?(domain|path|max-age|expires|secure)(=[ -~]{0,30})?){0,4}",
            path in "/[ -~]{0,10}",
        ) {
            let mut jar = Jar::default();
            let home = origin("http://www.shop.com");
            for bytes in bytes {
                let whole = [b"a=".as_slice(), &bytes, attributes.as_bytes()].concat();
                for value in [&bytes, &whole] {
                    if let Ok(value) = HeaderValue::from_bytes(value) {
                        jar.store(&value, &home, &path, at(1000));
                    }
                }
            }
            if let Some(header) = jar.header(None, &home, &path, at(1000)) {
                prop_assert!(!header.is_empty());
            }
        }
    }
}
