use std::fmt::Write as _;

/// How text is written where it comes to stand in a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// As it is.
    Plain,
    /// In a path with its query. Only what neither may hold is percent-encoded, so that a value
    /// can be several segments, or be encoded already.
    Path,
    /// As a name or a value of a query (RFC 3986, 3.4).
    Query,
    /// As a name or a value of `application/x-www-form-urlencoded`: a space is a `+`.
    Form,
    /// Within a string of JSON (RFC 8259, 7).
    Json,
}

impl Encoding {
    /// How the fixed text around a hole is written: a path and JSON are written as such by the
    /// suite, and only what fills their holes is not.
    pub const fn of_fixed_text(self) -> Self {
        match self {
            Self::Path | Self::Json => Self::Plain,
            as_is => as_is,
        }
    }

    /// Appends the text.
    pub fn write(self, text: &str, out: &mut String) {
        if text.bytes().all(|byte| self.keeps(byte)) {
            return out.push_str(text);
        }
        if self == Self::Json {
            return write_json(text, out);
        }
        for byte in text.bytes() {
            if self.keeps(byte) {
                out.push(char::from(byte));
            } else if self == Self::Form && byte == b' ' {
                out.push('+');
            } else {
                write!(out, "%{byte:02X}").expect("a string takes everything");
            }
        }
    }

    /// Whether a byte of UTF-8 stays as it is.
    const fn keeps(self, byte: u8) -> bool {
        let unreserved = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
        match self {
            Self::Plain => true,
            Self::Query | Self::Form => unreserved,
            #[rustfmt::skip] // RFC 3986: sub-delims, the rest of pchar, what parts a path; encodings
            Self::Path => unreserved || matches!(byte,
                b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b'+' | b',' | b';' | b'='
                | b':' | b'@' | b'/' | b'?' | b'[' | b']' | b'%'),
            Self::Json => byte >= b' ' && byte != b'"' && byte != b'\\',
        }
    }
}

fn write_json(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c < ' ' => {
                write!(out, "\\u{:04x}", u32::from(c)).expect("a string takes everything")
            }
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(encoding: Encoding, text: &str) -> String {
        let mut out = String::new();
        encoding.write(text, &mut out);
        out
    }

    #[test]
    fn text_is_written_as_its_place_wants_it() {
        let text = "a b&c=d/é?%\"\n";
        assert_eq!(written(Encoding::Plain, text), text);
        assert_eq!(written(Encoding::Path, text), "a%20b&c=d/%C3%A9?%%22%0A");
        let query = "a%20b%26c%3Dd%2F%C3%A9%3F%25%22%0A";
        assert_eq!(written(Encoding::Query, text), query);
        assert_eq!(written(Encoding::Form, text), query.replace("%20", "+"));
        assert_eq!(written(Encoding::Json, text), "a b&c=d/é?%\\\"\\n");
    }

    proptest! {
        #[test]
        fn whatever_fills_a_hole_leaves_json_json(text in any::<String>()) {
            let json = format!("\"{}\"", written(Encoding::Json, &text));
            prop_assert_eq!(serde_json::from_str::<String>(&json).expect("JSON"), text);
        }

        #[test]
        fn whatever_fills_a_path_leaves_it_a_path(text in any::<String>()) {
            let path = format!("/{}", written(Encoding::Path, &text));
            prop_assert!(path.parse::<hyper::Uri>().is_ok(), "{}", path);
        }
    }
}
