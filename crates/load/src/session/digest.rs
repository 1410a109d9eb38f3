use std::fmt::Write as _;

use hyper::HeaderMap;
use hyper::header::{HeaderValue, WWW_AUTHENTICATE};
use rand::Rng;
use rtest_core::{Seed, Stream};

use super::auth::{Login, secret};
use crate::origin::Origin;

/// Digest authentication of one virtual user (RFC 7616): the last challenge that it was given,
/// which its later requests answer beforehand.
#[derive(Debug)]
pub(super) struct Digest {
    draws: Draws,
    known: Option<Known>,
}

/// Where client nonces are drawn from; a stream is made only for who is challenged.
#[derive(Debug)]
enum Draws {
    Of(Seed, String),
    From(Box<Stream>),
}

/// A challenge, and how often it was answered.
#[derive(Debug)]
struct Known {
    origin: Origin,
    login: Login,
    challenge: Challenge,
    /// One for each challenge: with `-sess`, the first is part of the key.
    cnonce: String,
    count: u32,
}

impl Digest {
    /// Was never challenged. `label` tells it from the run's other users.
    pub(super) const fn new(seed: Seed, label: String) -> Self {
        Self {
            draws: Draws::Of(seed, label),
            known: None,
        }
    }

    /// The `authorization` of a request, where a challenge is known; each is used once.
    pub(super) fn authorization(
        &mut self,
        login: &Login,
        origin: &Origin,
        method: &str,
        uri: &str,
    ) -> Option<HeaderValue> {
        let known = self.known.as_mut()?;
        if known.login != *login || known.origin != *origin {
            return None;
        }
        known.count += 1;
        let answer = known
            .challenge
            .answer(login, method, uri, known.count, &known.cnonce);
        secret(&answer).ok()
    }

    /// Takes note of the challenge in an answer of status 401. Says whether there is one that can
    /// be answered.
    pub(super) fn challenge(
        &mut self,
        login: &Login,
        origin: &Origin,
        headers: &HeaderMap,
    ) -> bool {
        let challenge = headers
            .get_all(WWW_AUTHENTICATE)
            .iter()
            .flat_map(|value| challenges(&String::from_utf8_lossy(value.as_bytes())))
            .find_map(Challenge::read);
        self.known = challenge.map(|challenge| Known {
            origin: origin.clone(),
            login: login.clone(),
            challenge,
            cnonce: self.draws.cnonce(),
            count: 0,
        });
        self.known.is_some()
    }
}

impl Draws {
    fn cnonce(&mut self) -> String {
        if let Self::Of(seed, label) = self {
            *self = Self::From(Box::new(seed.stream(&format!("digest/{label}"))));
        }
        match self {
            Self::From(stream) => format!("{:016x}{:016x}", stream.next_u64(), stream.next_u64()),
            Self::Of(..) => String::new(),
        }
    }
}

/// What is to be proven, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Challenge {
    realm: String,
    nonce: String,
    opaque: Option<String>,
    /// As the target names it; MD5 where it names none.
    algorithm: Option<String>,
    hash: Hash,
    /// Whether the key is made of the first nonces, too.
    session: bool,
    /// Whether answers are counted (`qop=auth`); RFC 2069 knew no such thing.
    counted: bool,
    /// Whether the user's name is hashed, too.
    hashes_user: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hash {
    Md5,
    Sha256,
}

impl Challenge {
    /// What can be answered of the challenges of a target; the first such is the one that it likes
    /// best (RFC 7616, 3.7).
    fn read((scheme, parameters): (String, Vec<(String, String)>)) -> Option<Self> {
        if !scheme.eq_ignore_ascii_case("digest") {
            return None;
        }
        let get = |name: &str| {
            let mut all = parameters.iter();
            all.find(|(it, _)| it.eq_ignore_ascii_case(name))
                .map(|(_, value)| value.clone())
        };
        let algorithm = get("algorithm");
        let (hash, session) = match algorithm.as_deref().map(str::to_ascii_lowercase).as_deref() {
            None | Some("md5") => (Hash::Md5, false),
            Some("md5-sess") => (Hash::Md5, true),
            Some("sha-256") => (Hash::Sha256, false),
            Some("sha-256-sess") => (Hash::Sha256, true),
            Some(_) => return None,
        };
        let counted = match get("qop") {
            None => false,
            Some(qop)
                if qop
                    .split(',')
                    .any(|it| it.trim().eq_ignore_ascii_case("auth")) =>
            {
                true
            }
            Some(_) => return None,
        };
        Some(Self {
            realm: get("realm")?,
            nonce: get("nonce")?,
            opaque: get("opaque"),
            hash,
            session,
            counted,
            hashes_user: get("userhash").is_some_and(|it| it.eq_ignore_ascii_case("true")),
            algorithm,
        })
    }

    /// The `authorization` that answers it (RFC 7616, 3.4).
    fn answer(&self, login: &Login, method: &str, uri: &str, count: u32, cnonce: &str) -> String {
        let Self { realm, nonce, .. } = self;
        let Login { user, password } = login;
        let hash = |text: &str| self.hash.hex(text);
        let mut key = hash(&format!("{user}:{realm}:{password}"));
        if self.session {
            key = hash(&format!("{key}:{nonce}:{cnonce}"));
        }
        let what = hash(&format!("{method}:{uri}"));
        let response = if self.counted {
            hash(&format!("{key}:{nonce}:{count:08x}:{cnonce}:auth:{what}"))
        } else {
            hash(&format!("{key}:{nonce}:{what}"))
        };

        let mut out = String::from("Digest ");
        if self.hashes_user {
            let user = hash(&format!("{user}:{realm}"));
            out.push_str(&format!("username=\"{user}\", userhash=true"));
        } else if user.is_ascii() {
            out.push_str(&format!("username={}", quoted(user)));
        } else {
            out.push_str("username*=UTF-8''");
            percent_encode(user, &mut out);
        }
        let (realm, nonce) = (quoted(realm), quoted(nonce));
        let mut add = |name: &str, value: &str| out.push_str(&format!(", {name}={value}"));
        add("realm", &realm);
        add("uri", &quoted(uri));
        if let Some(algorithm) = &self.algorithm {
            add("algorithm", algorithm);
        }
        add("nonce", &nonce);
        if self.counted {
            add("nc", &format!("{count:08x}"));
            add("qop", "auth");
        }
        if self.counted || self.session {
            add("cnonce", &quoted(cnonce));
        }
        add("response", &quoted(&response));
        if let Some(opaque) = &self.opaque {
            add("opaque", &quoted(opaque));
        }
        out
    }
}

impl Hash {
    fn hex(self, text: &str) -> String {
        match self {
            Self::Md5 => format!("{:x}", md5::compute(text)),
            Self::Sha256 => {
                let digest = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
                let mut out = String::with_capacity(64);
                for byte in digest.as_ref() {
                    let _ = write!(out, "{byte:02x}");
                }
                out
            }
        }
    }
}

/// A quoted string (RFC 9110, 5.6.4).
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// RFC 8187, 3.2.1.
fn percent_encode(text: &str, out: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
}

/// The challenges of a `www-authenticate`, each a scheme with its parameters (RFC 9110, 11.6.1).
/// A name that no `=` follows begins the next one.
fn challenges(text: &str) -> Vec<(String, Vec<(String, String)>)> {
    let mut found: Vec<(String, Vec<(String, String)>)> = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches([',', ' ', '\t']);
        let end = rest.find([',', ' ', '\t', '=', '"']).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        if rest.is_empty() {
            return found;
        }
        let Some(value) = after.trim_start().strip_prefix('=') else {
            if name.is_empty() {
                // A quote where none may be.
                return found;
            }
            found.push((name.to_owned(), Vec::new()));
            rest = after;
            continue;
        };
        let value = value.trim_start();
        let (value, after) = match value.strip_prefix('"') {
            Some(quoted) => unquoted(quoted),
            None => {
                let end = value.find([',', ' ', '\t']).unwrap_or(value.len());
                (value[..end].to_owned(), &value[end..])
            }
        };
        if let Some((_, parameters)) = found.last_mut() {
            parameters.push((name.to_owned(), value));
        }
        rest = after;
    }
}

/// What stands up to the closing quote, and what follows it.
fn unquoted(text: &str) -> (String, &str) {
    let mut out = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return (out, &text[at + 1..]),
            '\\' => out.extend(characters.next().map(|(_, escaped)| escaped)),
            _ => out.push(character),
        }
    }
    (out, "")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::session::tests::origin;

    fn login(user: &str, password: &str) -> Login {
        Login {
            user: user.to_owned(),
            password: password.to_owned(),
        }
    }

    fn read(text: &str) -> Option<Challenge> {
        challenges(text).into_iter().find_map(Challenge::read)
    }

    /// A parameter of an answer.
    fn parameter(answer: &str, name: &str) -> Option<String> {
        let (_, parameters) = challenges(answer).pop()?;
        let found = parameters.into_iter().find(|(it, _)| it == name)?;
        Some(found.1)
    }

    const REALM: &str = r#"realm="http-auth@example.org", qop="auth, auth-int", nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS""#;

    /// RFC 7616, 3.9.1.
    #[test]
    fn answers_are_those_of_the_rfc() {
        for (algorithm, response) in [
            ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
            (
                "SHA-256",
                "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
            ),
        ] {
            let challenge = read(&format!("Digest {REALM}, algorithm={algorithm}"));
            let answer = challenge.expect(algorithm).answer(
                &login("Mufasa", "Circle of Life"),
                "GET",
                "/dir/index.html",
                1,
                "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
            );
            let get = |name| parameter(&answer, name);
            assert_eq!(get("response").as_deref(), Some(response), "{answer}");
            assert_eq!(get("nc").as_deref(), Some("00000001"));
            assert_eq!(get("qop").as_deref(), Some("auth"));
            assert_eq!(get("algorithm").as_deref(), Some(algorithm));
            let opaque = "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS";
            assert_eq!(get("opaque").as_deref(), Some(opaque));
        }
    }

    /// RFC 2617, 3.5, with RFC 2069's answer to the same; `-sess` as curl 8 answers.
    #[test]
    fn answers_are_those_of_others() {
        let nonce = r#"realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093""#;
        for (parameters, response) in [
            (
                r#", qop="auth,auth-int""#,
                "6629fae49393a05397450978507c4ef1",
            ),
            ("", "670fd8c2df070c60b045671b8b24ff02"),
        ] {
            let challenge = read(&format!("Digest {nonce}{parameters}")).expect("a challenge");
            let answer = challenge.answer(
                &login("Mufasa", "Circle Of Life"),
                "GET",
                "/dir/index.html",
                1,
                "0a4f113b",
            );
            assert_eq!(parameter(&answer, "response").as_deref(), Some(response));
        }
    }

    #[test]
    fn names_beyond_ascii_and_hashed_ones_are_written_as_the_rfc_says() {
        // RFC 7616, 3.9.2.
        let challenge = read(
            "Digest realm=\"api@example.org\", qop=\"auth\", algorithm=SHA-256, \
             nonce=\"5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK\", userhash=true",
        );
        let challenge = challenge.expect("a challenge");
        let jason = login("J\u{e4}s\u{f8}n Doe", "Secret, or not?");
        let hashed = challenge.answer(&jason, "GET", "/doe.json", 1, "x");
        assert_eq!(
            parameter(&hashed, "username").map(|user| user.len()),
            Some(64)
        );
        assert!(hashed.contains("userhash=true"));
        let plain = Challenge {
            hashes_user: false,
            ..challenge
        };
        let plain = plain.answer(&jason, "GET", "/doe.json", 1, "x");
        assert!(plain.starts_with("Digest username*=UTF-8''J%C3%A4s%C3%B8n%20Doe, "));
    }

    #[test]
    fn the_first_challenge_that_can_be_answered_is_taken() {
        let challenge = read(
            "Negotiate abc==, Digest realm=\"a\", nonce=\"1\", algorithm=SHA-512-256, \
             Basic realm=\"b, Digest nonce=\\\"2\\\"\", \
             Digest realm=\"c\", nonce=\"3\", qop=auth-int , digest realm = \"d\\\"\" , nonce=4",
        );
        let challenge = challenge.expect("the last one");
        assert_eq!((&*challenge.realm, &*challenge.nonce), ("d\"", "4"));
        assert!(
            challenge
                .answer(&login("u", "p"), "GET", "/", 1, "x")
                .contains("realm=\"d\\\"\"")
        );
        assert_eq!(read("Basic realm=\"x\""), None);
        assert_eq!(read("Digest realm=\"no nonce\""), None);
    }

    #[test]
    fn a_nonce_is_used_again_and_counted_by_the_same_user_at_the_same_place() {
        let mut digest = Digest::new(Seed::new(7), "browse/1".to_owned());
        let (home, mufasa) = (origin("http://h"), login("Mufasa", "Circle of Life"));
        let ask = |digest: &mut Digest, login: &Login, origin: &Origin| {
            let header = digest.authorization(login, origin, "GET", "/")?;
            assert!(header.is_sensitive());
            parameter(header.to_str().expect("text"), "nc")
        };
        assert_eq!(ask(&mut digest, &mufasa, &home), None);
        let mut headers = HeaderMap::new();
        assert!(!digest.challenge(&mufasa, &home, &headers));
        let value = format!("Digest {REALM}, algorithm=SHA-256-sess");
        headers.append(
            WWW_AUTHENTICATE,
            HeaderValue::from_static("Basic realm=\"x\""),
        );
        headers.append(
            WWW_AUTHENTICATE,
            HeaderValue::from_str(&value).expect("text"),
        );
        assert!(digest.challenge(&mufasa, &home, &headers));
        assert_eq!(
            ask(&mut digest, &mufasa, &home).as_deref(),
            Some("00000001")
        );
        assert_eq!(
            ask(&mut digest, &mufasa, &home).as_deref(),
            Some("00000002")
        );
        assert_eq!(ask(&mut digest, &login("Nala", ""), &home), None);
        assert_eq!(ask(&mut digest, &mufasa, &origin("http://other")), None);
        let first = digest.known.as_ref().expect("known").cnonce.clone();
        assert!(digest.challenge(&mufasa, &home, &headers));
        let second = digest.known.as_ref().expect("known").cnonce.clone();
        assert_ne!(first, second);
        let mut same = Digest::new(Seed::new(7), "browse/1".to_owned());
        assert!(same.challenge(&mufasa, &home, &headers));
        assert_eq!(
            same.known.expect("known").cnonce,
            first,
            "drawn from the seed"
        );
    }

    proptest! {
        #[test]
        fn no_challenge_brings_it_down(text in "(Digest |realm=|nonce=|qop=|[ -~]|\\PC|\"){0,30}") {
            if let Some(challenge) = read(&text) {
                challenge.answer(&login("u", "p"), "GET", "/", 1, "x");
            }
        }
    }
}
