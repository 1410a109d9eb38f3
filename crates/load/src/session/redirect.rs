use std::rc::Rc;

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{
    AUTHORIZATION, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LENGTH, CONTENT_LOCATION,
    CONTENT_TYPE, COOKIE, EXPECT, HOST, HeaderValue, LOCATION, TRANSFER_ENCODING,
};
use hyper::{Method, Uri};
use rtest_core::Scheme;
use rtest_core::sample::ErrorKind;
use url::Url;

use crate::client::{Answer, Failure};
use crate::origin::Origin;
use crate::step::Request;

/// The request that an answer leads to; nothing where it leads nowhere. `target` is whom a request
/// without an origin of its own goes to.
///
/// # Errors
/// It leads to what is no URL of HTTP.
pub(super) fn next(
    request: &Request,
    target: &Origin,
    answer: &Answer,
) -> Result<Option<Request>, Failure> {
    if !matches!(answer.status, 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let Some(location) = answer.headers.get(LOCATION) else {
        return Ok(None);
    };
    let from = request.origin.as_deref().unwrap_or(target);
    let (origin, uri) = resolve(from, request.http.uri(), location)?;
    let is_leaving = origin != *from;
    let turns_to_get = turns_to_get(answer.status, request.http.method());
    let mut next = request.altered(|http| {
        *http.uri_mut() = uri;
        if turns_to_get {
            *http.method_mut() = Method::GET;
            *http.body_mut() = Full::<Bytes>::default();
            for header in OF_THE_BODY {
                http.headers_mut().remove(header);
            }
        }
        if is_leaving {
            // What proves who someone is to one service is no other service's business.
            for header in [AUTHORIZATION, COOKIE] {
                http.headers_mut().remove(header);
            }
            if let Ok(host) = HeaderValue::from_str(&origin.authority()) {
                http.headers_mut().insert(HOST, host);
            }
        }
    });
    next.idempotent = next.http.method().is_idempotent();
    if is_leaving {
        next.login = None;
        next.origin = (origin != *target).then(|| Rc::new(origin));
    }
    Ok(Some(next))
}

/// More redirects than are followed.
pub(super) fn too_many(followed: u32) -> Failure {
    let redirects = if followed == 1 {
        "redirect"
    } else {
        "redirects"
    };
    failure(format!(
        "the answer leads on after {followed} {redirects}, and no more are followed"
    ))
}

/// Headers that say something of a body; gone with it (the Fetch standard, HTTP-redirect fetch).
const OF_THE_BODY: [hyper::header::HeaderName; 7] = [
    CONTENT_ENCODING,
    CONTENT_LANGUAGE,
    CONTENT_LENGTH,
    CONTENT_LOCATION,
    CONTENT_TYPE,
    EXPECT,
    TRANSFER_ENCODING,
];

/// Whether the next request is a `GET` without a body. Browsers do so after a `POST` and, on 303,
/// after any method; k6 and Go do so on 301 and 302, too, after any method but `HEAD`. Where they
/// differ (`PUT`, `PATCH` and `DELETE` on 301 and 302) this does as k6 does.
fn turns_to_get(status: u16, method: &Method) -> bool {
    matches!(status, 301..=303) && *method != Method::GET && *method != Method::HEAD
}

/// Where a `location` leads, seen from a request.
fn resolve(from: &Origin, uri: &Uri, location: &HeaderValue) -> Result<(Origin, Uri), Failure> {
    let base = format!("{}://{from}{uri}", from.scheme.name());
    let text = std::str::from_utf8(location.as_bytes())
        .map_err(|_| failure("the answer's `location` is not UTF-8"))?;
    let url = Url::parse(&base).and_then(|base| base.join(text));
    let url = url.map_err(|error| failure(format!("`{}`: {error}", shown(text))))?;
    let scheme = match url.scheme() {
        "http" => Scheme::Http,
        "https" => Scheme::Https,
        _ => return Err(failure(format!("`{}` is not HTTP", shown(text)))),
    };
    let (Some(host), Some(port @ 1..)) = (url.host_str(), url.port_or_known_default()) else {
        return Err(failure(format!("`{}` has no host and port", shown(text))));
    };
    let origin = Origin {
        scheme,
        host: host.trim_matches(['[', ']']).to_owned(),
        port,
    };
    let path = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    let uri =
        Uri::try_from(path).map_err(|error| failure(format!("`{}`: {error}", shown(text))))?;
    Ok((origin, uri))
}

fn failure(reason: impl Into<String>) -> Failure {
    Failure {
        kind: ErrorKind::Redirect,
        message: format!("redirect: {}", reason.into()),
    }
}

/// Without what may be secret: a login, a query with tokens in it.
fn shown(location: &str) -> String {
    let location = location.split(['?', '#']).next().unwrap_or_default();
    match location.split_once("//") {
        Some((scheme, rest)) => match rest.rsplit_once('@') {
            Some((_, rest)) => format!("{scheme}//{rest}"),
            None => location.to_owned(),
        },
        None => location.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use hyper::HeaderMap;
    use proptest::prelude::*;

    use super::*;
    use crate::session::tests::{origin, request};

    fn answer(status: u16, location: &[u8]) -> Answer {
        let mut headers = HeaderMap::new();
        headers.insert(
            LOCATION,
            HeaderValue::from_bytes(location).expect("a value"),
        );
        Answer {
            status,
            headers,
            body: Bytes::new(),
        }
    }

    fn target() -> Origin {
        origin("http://shop:8080")
    }

    fn lead(request: &Request, status: u16, location: &str) -> Result<Option<Request>, Failure> {
        next(request, &target(), &answer(status, location.as_bytes()))
    }

    #[test]
    fn a_location_is_resolved_against_the_request() {
        for (location, to, path) in [
            ("/b", None, "/b"),
            ("b?x=1#top", None, "/v1/b?x=1"),
            ("../b c", None, "/b%20c"),
            ("?x=é", None, "/v1/a?x=%C3%A9"),
            ("", None, "/v1/a?q"),
            ("http://shop:8080/x", None, "/x"),
            ("HTTP://SHOP:8080", None, "/"),
            ("//shop:8080/x", None, "/x"),
            ("https://shop:8080/x", Some("https://shop:8080"), "/x"),
            ("http://shop/x", Some("http://shop:80"), "/x"),
            ("http://u:p@other:1/x", Some("http://other:1"), "/x"),
            ("https://[::1]/x", Some("https://[::1]:443"), "/x"),
        ] {
            let next = lead(&request("GET", "/v1/a?q"), 302, location);
            let next = next.expect(location).expect("leads on");
            assert_eq!(
                next.origin.as_deref(),
                to.map(origin).as_ref(),
                "{location}"
            );
            assert_eq!(next.http.uri(), path, "{location}");
        }
    }

    #[test]
    fn a_location_of_another_origin_is_seen_from_there_and_leads_back() {
        let away = lead(&request("GET", "/"), 302, "http://other/x").expect("fine");
        let away = away.expect("leads on");
        let further = lead(&away, 302, "y").expect("fine").expect("leads on");
        assert_eq!(further.origin.as_deref(), Some(&origin("http://other:80")));
        assert_eq!(further.http.uri(), "/y");
        let back = lead(&further, 302, "http://shop:8080/z");
        assert_eq!(back.expect("fine").expect("leads on").origin, None);
    }

    #[test]
    fn methods_and_bodies_go_on_as_with_k6() {
        for (status, method, then) in [
            (301, "POST", "GET"),
            (302, "PUT", "GET"),
            (303, "DELETE", "GET"),
            (303, "HEAD", "HEAD"),
            (302, "GET", "GET"),
            (307, "POST", "POST"),
            (308, "PUT", "PUT"),
        ] {
            let mut first = request(method, "/");
            let body = Bytes::from_static(b"body");
            *first.http.body_mut() = Full::new(body);
            let headers = first.http.headers_mut();
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
            let next = lead(&first, status, "/b").expect("fine").expect("leads on");
            assert_eq!(next.http.method(), then, "{status} {method}");
            let keeps = method == then;
            let has_type = next.http.headers().contains_key(CONTENT_TYPE);
            assert_eq!(has_type, keeps, "{status} {method}");
            let has_body = !hyper::body::Body::is_end_stream(next.http.body());
            assert_eq!(has_body, keeps, "{status} {method}");
            assert_eq!(next.idempotent, then != "POST");
        }
    }

    #[test]
    fn who_someone_is_stays_with_the_origin_that_asked() {
        let mut first = request("GET", "/");
        let headers = first.http.headers_mut();
        headers.insert(AUTHORIZATION, HeaderValue::from_static("Bearer x"));
        headers.insert(COOKIE, HeaderValue::from_static("a=b"));
        headers.insert(HOST, HeaderValue::from_static("virtual"));
        let headers = |location| {
            let next = lead(&first, 302, location)
                .expect("fine")
                .expect("leads on");
            next.http.headers().clone()
        };
        assert_eq!(headers("/b"), *first.http.headers());
        let away = headers("http://other/");
        assert!(!away.contains_key(AUTHORIZATION) && !away.contains_key(COOKIE));
        assert_eq!(away[HOST], "other");
    }

    #[test]
    fn not_every_answer_leads_on() {
        let plain = request("GET", "/");
        for status in [200, 201, 300, 304, 305, 404] {
            assert!(lead(&plain, status, "/b").expect("fine").is_none());
        }
        let mut without = answer(302, b"/");
        without.headers.clear();
        assert!(next(&plain, &target(), &without).expect("fine").is_none());
    }

    #[test]
    fn a_bad_location_is_told_without_its_secrets() {
        for (location, reason) in [
            (
                &b"ftp://u:p4ss@h/x?token=s3cret"[..],
                "redirect: `ftp://h/x` is not HTTP",
            ),
            (
                b"http://u:p4ss@:0/?s3cret",
                "redirect: `http://:0/`: empty host",
            ),
            (
                b"http://h:0/",
                "redirect: `http://h:0/` has no host and port",
            ),
            (
                b"javascript:alert",
                "redirect: `javascript:alert` is not HTTP",
            ),
            (b"/\xff", "redirect: the answer's `location` is not UTF-8"),
        ] {
            let failure = next(&request("GET", "/"), &target(), &answer(302, location));
            let failure = failure.expect_err(reason);
            assert_eq!(failure.message, reason);
            assert_eq!(failure.kind, ErrorKind::Redirect);
        }
    }

    proptest! {
        /// Wherever it leads, it is a request to somewhere, or told.
        #[test]
        fn no_location_brings_it_down(
            bytes in proptest::collection::vec(any::<u8>(), 0..40),
            text in "(https?:)?(//|/|\\?|\\.\\./|#|@|:|\\[|\\]|%|é|[a-z0-9]| ){0,12}",
        ) {
            for bytes in [bytes, text.into_bytes()] {
                let Ok(location) = HeaderValue::from_bytes(&bytes) else { continue };
                let mut headers = HeaderMap::new();
                headers.insert(LOCATION, location);
                let answer = Answer { status: 302, headers, body: Bytes::new() };
                match next(&request("POST", "/v1/a?q"), &target(), &answer) {
                    Ok(Some(next)) => {
                        prop_assert!(next.http.uri().path().starts_with('/'));
                        prop_assert!(next.http.uri().authority().is_none());
                    }
                    Ok(None) => prop_assert!(false, "it has a location"),
                    Err(failure) => prop_assert_eq!(failure.kind, ErrorKind::Redirect),
                }
            }
        }
    }
}
