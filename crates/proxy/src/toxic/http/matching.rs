use std::fmt;

use crate::http1::Head;

/// Which requests a fault is about; where nothing is given, all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HttpMatch {
    /// One of these methods, as they are spelled.
    pub methods: Vec<String>,
    /// The path, without a query.
    pub path: Option<PathPattern>,
    /// Headers, without case, with what one value of each is; `*` stands for any text.
    pub headers: Vec<(String, String)>,
}

impl HttpMatch {
    /// Whether it is about this request.
    pub(super) fn admits(&self, method: &str, target: &str, head: &Head) -> bool {
        (self.methods.is_empty() || self.methods.iter().any(|known| known == method))
            && self
                .path
                .as_ref()
                .is_none_or(|pattern| pattern.admits(path_of(target)))
            && self.headers.iter().all(|(name, pattern)| {
                let pattern = PathPattern(text_tokens(pattern), String::new());
                head.values(name).any(|value| pattern.admits(value))
            })
    }
}

/// The path of a request's target, which may be a whole URL.
fn path_of(target: &str) -> &str {
    let after_scheme = target.split_once("://").map(|(_, rest)| rest);
    let path = match after_scheme {
        Some(rest) if !target.starts_with('/') => rest.find('/').map_or("/", |at| &rest[at..]),
        _ => target,
    };
    path.split(['?', '#']).next().unwrap_or_default()
}

/// A pattern of paths: `*` stands for any text within a segment, `**` for any text, `:name` for a
/// whole segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathPattern(Vec<Token>, String);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    Byte(u8),
    /// One byte or more of a segment.
    Segment,
    /// Any bytes of a segment.
    WithinSegment,
    /// Any bytes.
    Anything,
}

impl PathPattern {
    /// Reads `/products/:id`, `/img/**`, `/v*/users`.
    pub fn new(text: &str) -> Self {
        let mut tokens = Vec::new();
        for (index, segment) in text.split('/').enumerate() {
            if index > 0 {
                tokens.push(Token::Byte(b'/'));
            }
            if segment.len() > 1 && segment.starts_with(':') {
                tokens.push(Token::Segment);
                continue;
            }
            let mut bytes = segment.bytes().peekable();
            while let Some(byte) = bytes.next() {
                tokens.push(match byte {
                    b'*' if bytes.next_if_eq(&b'*').is_some() => Token::Anything,
                    b'*' => Token::WithinSegment,
                    other => Token::Byte(other),
                });
            }
        }
        Self(tokens, text.to_owned())
    }

    /// As it was given.
    pub fn as_str(&self) -> &str {
        &self.1
    }

    /// Whether the whole of `text` is like this. Takes a time that grows with both lengths, whatever
    /// they are.
    fn admits(&self, text: &str) -> bool {
        let tokens = &self.0;
        // Which prefixes of the pattern are like what was read.
        let mut reached = vec![false; tokens.len() + 1];
        reached[0] = true;
        skip_empty(tokens, &mut reached);
        for byte in text.bytes() {
            let mut next = vec![false; tokens.len() + 1];
            for (at, token) in tokens.iter().enumerate().filter(|(at, _)| reached[*at]) {
                match token {
                    Token::Byte(wanted) => next[at + 1] |= *wanted == byte,
                    Token::Anything => next[at] = true,
                    Token::WithinSegment => next[at] |= byte != b'/',
                    Token::Segment if byte != b'/' => {
                        next[at] = true;
                        next[at + 1] = true;
                    }
                    Token::Segment => {}
                }
            }
            skip_empty(tokens, &mut next);
            reached = next;
        }
        reached[tokens.len()]
    }
}

/// What may stand for nothing may be skipped.
fn skip_empty(tokens: &[Token], reached: &mut [bool]) {
    for (at, token) in tokens.iter().enumerate() {
        let may_be_empty = matches!(token, Token::Anything | Token::WithinSegment);
        reached[at + 1] |= reached[at] && may_be_empty;
    }
}

impl fmt::Display for PathPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.1)
    }
}

/// Of a text in which `*` stands for any text.
fn text_tokens(text: &str) -> Vec<Token> {
    let token = |byte| match byte {
        b'*' => Token::Anything,
        other => Token::Byte(other),
    };
    text.bytes().map(token).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_like_its_pattern_or_not() {
        for (pattern, path, is_like) in [
            ("/products/:id", "/products/7", true),
            ("/products/:id", "/products/", false),
            ("/products/:id", "/products/7/reviews", false),
            ("/products/:id/reviews", "/products/7/reviews", true),
            ("/img/**", "/img/a/b.png", true),
            ("/img/*", "/img/a/b.png", false),
            ("/img/*", "/img/", true),
            ("/v*/users", "/v12/users", true),
            ("/v*/users", "/v1/x/users", false),
            ("**", "/anything/at?all", true),
            ("**.png", "/a/b.png", true),
            ("/a", "/a/", false),
            ("/a:b", "/a:b", true),
            ("", "", true),
        ] {
            assert_eq!(
                PathPattern::new(pattern).admits(path),
                is_like,
                "{pattern} {path}"
            );
        }
        let many = PathPattern::new(&"*a".repeat(50));
        assert!(!many.admits(&"a".repeat(5000).replace('a', "ab")));
    }

    #[test]
    fn all_that_is_given_has_to_match() {
        let matching = HttpMatch {
            methods: vec!["GET".into(), "PUT".into()],
            path: Some(PathPattern::new("/a/:id")),
            headers: vec![("X-User".into(), "adm*".into())],
        };
        let head = Head::of(b"GET /a/1?q HTTP/1.1\r\nx-user: b\r\nx-user: admin\r\n\r\n");
        assert!(matching.admits("GET", "/a/1?q=/b", &head));
        assert!(matching.admits("PUT", "http://shop:80/a/1", &head));
        assert!(!matching.admits("POST", "/a/1", &head));
        assert!(!matching.admits("GET", "/b/1", &head));
        assert!(!matching.admits("GET", "/a/1", &Head::of(b"GET / HTTP/1.1\r\n\r\n")));
        assert!(HttpMatch::default().admits("X", "*", &head));
        assert_eq!(path_of("http://shop"), "/");
    }
}
