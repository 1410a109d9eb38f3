/// What Go's `encoding/json` says of the first character of a body that is no JSON; nothing where it
/// sees nothing wrong. Clients show these words, and search for them.
pub(super) fn error(body: &[u8]) -> Option<String> {
    let mut scanner = Scanner {
        rest: body,
        wrong: None,
    };
    // Either it ends where the text does, or at a character that is wrong.
    let _ = scanner.value();
    scanner.wrong
}

/// Containers within each other, where Go's scanner gives up.
const DEEPEST: usize = 10_000;

struct Scanner<'a> {
    rest: &'a [u8],
    wrong: Option<String>,
}

/// The text has ended, or is wrong.
struct Stopped;

type Scanned<T = ()> = Result<T, Stopped>;

impl Scanner<'_> {
    /// A value, with all that is in it. Without recursion: a body may be as deep as it is long.
    fn value(&mut self) -> Scanned {
        // What is open: whether it is an object.
        let mut open: Vec<bool> = Vec::new();
        loop {
            let opened = match self.token()? {
                b'{' => Some(true),
                b'[' => Some(false),
                byte => {
                    self.scalar(byte)?;
                    None
                }
            };
            if let Some(is_object) = opened {
                if open.len() == DEEPEST {
                    self.wrong = Some("exceeded max depth".to_owned());
                    return Err(Stopped);
                }
                let end = if is_object { b'}' } else { b']' };
                if self.peek()? == end {
                    self.token()?;
                } else {
                    open.push(is_object);
                    if is_object {
                        self.key()?;
                    }
                    continue;
                }
            }
            // A value has ended; what it stands in may end with it.
            loop {
                let Some(is_object) = open.last() else {
                    return Ok(());
                };
                match (is_object, self.token()?) {
                    (true, b',') => {
                        self.key()?;
                        break;
                    }
                    (false, b',') => break,
                    (true, b'}') | (false, b']') => {
                        open.pop();
                    }
                    (true, byte) => return self.refuse(byte, "after object key:value pair"),
                    (false, byte) => return self.refuse(byte, "after array element"),
                }
            }
        }
    }

    /// `"key":`
    fn key(&mut self) -> Scanned {
        match self.token()? {
            b'"' => self.string()?,
            byte => return self.refuse(byte, "looking for beginning of object key string"),
        }
        match self.token()? {
            b':' => Ok(()),
            byte => self.refuse(byte, "after object key"),
        }
    }

    fn scalar(&mut self, first: u8) -> Scanned {
        match first {
            b'"' => self.string(),
            b't' => self.word("true"),
            b'f' => self.word("false"),
            b'n' => self.word("null"),
            b'-' => match self.next()? {
                digit @ b'0'..=b'9' => self.number(digit),
                byte => self.refuse(byte, "in numeric literal"),
            },
            digit @ b'0'..=b'9' => self.number(digit),
            byte => self.refuse(byte, "looking for beginning of value"),
        }
    }

    fn word(&mut self, word: &str) -> Scanned {
        for expected in word.bytes().skip(1) {
            let byte = self.next()?;
            if byte != expected {
                let expected = char::from(expected);
                return self.refuse(byte, &format!("in literal {word} (expecting '{expected}')"));
            }
        }
        Ok(())
    }

    /// What follows the first digit of a number.
    fn number(&mut self, first: u8) -> Scanned {
        if first != b'0' {
            self.digits();
        }
        if self.rest.first() == Some(&b'.') {
            self.next()?;
            self.digit("after decimal point in numeric literal")?;
        }
        if matches!(self.rest.first(), Some(b'e' | b'E')) {
            self.next()?;
            if matches!(self.rest.first(), Some(b'+' | b'-')) {
                self.next()?;
            }
            self.digit("in exponent of numeric literal")?;
        }
        Ok(())
    }

    fn digit(&mut self, place: &str) -> Scanned {
        let byte = self.next()?;
        if !byte.is_ascii_digit() {
            return self.refuse(byte, place);
        }
        self.digits();
        Ok(())
    }

    fn digits(&mut self) {
        let digits = self.rest.iter().take_while(|byte| byte.is_ascii_digit());
        self.rest = &self.rest[digits.count()..];
    }

    /// What follows the quote that opens a string.
    fn string(&mut self) -> Scanned {
        loop {
            match self.next()? {
                b'"' => return Ok(()),
                b'\\' => match self.next()? {
                    b'b' | b'f' | b'n' | b'r' | b't' | b'\\' | b'/' | b'"' => {}
                    b'u' => {
                        for _ in 0..4 {
                            let byte = self.next()?;
                            if !byte.is_ascii_hexdigit() {
                                return self.refuse(byte, "in \\u hexadecimal character escape");
                            }
                        }
                    }
                    byte => return self.refuse(byte, "in string escape code"),
                },
                byte @ 0..0x20 => return self.refuse(byte, "in string literal"),
                _ => {}
            }
        }
    }

    fn next(&mut self) -> Scanned<u8> {
        let (first, rest) = self.rest.split_first().ok_or(Stopped)?;
        self.rest = rest;
        Ok(*first)
    }

    /// The next byte that is not white space.
    fn token(&mut self) -> Scanned<u8> {
        self.peek()?;
        self.next()
    }

    /// As [`Self::token`], left where it is.
    fn peek(&mut self) -> Scanned<u8> {
        let is_space = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
        let space = self.rest.iter().take_while(is_space).count();
        self.rest = &self.rest[space..];
        self.rest.first().copied().ok_or(Stopped)
    }

    fn refuse<T>(&mut self, byte: u8, place: &str) -> Scanned<T> {
        self.wrong = Some(format!("invalid character {} {place}", quoted(byte)));
        Err(Stopped)
    }
}

/// A byte as Go quotes it: taken for the character of that number.
fn quoted(byte: u8) -> String {
    match byte {
        b'\'' => r"'\''".to_owned(),
        b'\\' => r"'\\'".to_owned(),
        0x07 => r"'\a'".to_owned(),
        0x08 => r"'\b'".to_owned(),
        0x0b => r"'\v'".to_owned(),
        0x0c => r"'\f'".to_owned(),
        b'\n' => r"'\n'".to_owned(),
        b'\r' => r"'\r'".to_owned(),
        b'\t' => r"'\t'".to_owned(),
        0..0x20 | 0x7f => format!("'\\x{byte:02x}'"),
        // Not printed by Go: the controls of Latin-1, its space and its soft hyphen.
        0x80..=0xa0 | 0xad => format!("'\\u{byte:04x}'"),
        _ => format!("'{}'", char::from(byte)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_told_in_gos_words() {
        for (body, told) in [
            ("x", "'x' looking for beginning of value"),
            ("NaN", "'N' looking for beginning of value"),
            (r#"{"a":}"#, "'}' looking for beginning of value"),
            ("[1,]", "']' looking for beginning of value"),
            (
                r#"{'a':1}"#,
                r"'\'' looking for beginning of object key string",
            ),
            (
                r#"{"a":1,}"#,
                "'}' looking for beginning of object key string",
            ),
            (r#"{"a" 1}"#, "'1' after object key"),
            (r#"{"a":1 "b":2}"#, "'\"' after object key:value pair"),
            (r#"{"a":01}"#, "'1' after object key:value pair"),
            ("[1 2]", "'2' after array element"),
            ("[1}", "'}' after array element"),
            ("[-x]", "'x' in numeric literal"),
            ("[1.x]", "'x' after decimal point in numeric literal"),
            ("[1e+x]", "'x' in exponent of numeric literal"),
            ("[tru]", "']' in literal true (expecting 'e')"),
            ("nil", "'i' in literal null (expecting 'u')"),
            ("\"a\nb\"", r"'\n' in string literal"),
            (r#""\x""#, "'x' in string escape code"),
            (r#""\u12g4""#, r"'g' in \u hexadecimal character escape"),
            ("é", "'Ã' looking for beginning of value"),
        ] {
            let told = format!("invalid character {told}");
            assert_eq!(error(body.as_bytes()), Some(told), "{body}");
        }
        let deep = "[".repeat(DEEPEST + 1);
        assert_eq!(
            error(deep.as_bytes()).as_deref(),
            Some("exceeded max depth")
        );
    }

    #[test]
    fn of_what_is_json_or_only_cut_off_nothing_is_wrong() {
        for body in [
            "",
            "{",
            r#"{"a": [1, -2.5e3, "\u00e9\n", {}, [], null, true, false]} and more"#,
            r#"{"a"#,
            "1x",
        ] {
            assert_eq!(error(body.as_bytes()), None, "{body}");
        }
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_json_has_nothing_wrong(body in "[\\[\\]{},:\"a1 .e\\-\\\\tn]{0,12}") {
            let mut values = serde_json::Deserializer::from_str(&body).into_iter::<serde_json::Value>();
            if !matches!(values.next(), Some(Err(_))) {
                proptest::prop_assert_eq!(error(body.as_bytes()), None);
            }
        }
    }
}
