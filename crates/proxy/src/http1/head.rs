use bytes::Bytes;

/// The head of a message as lines, to look into and to change. What is not changed keeps its
/// spelling and its order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    first: Vec<u8>,
    fields: Vec<Vec<u8>>,
}

impl Head {
    /// Of a head that was understood, up to and with its empty line.
    pub(crate) fn of(raw: &[u8]) -> Self {
        let mut lines = raw
            .split(|byte| *byte == b'\n')
            .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
            .filter(|line| !line.is_empty())
            .map(<[u8]>::to_vec);
        Self {
            first: lines.next().unwrap_or_default(),
            fields: lines.collect(),
        }
    }

    /// An answer's, without a header.
    pub(crate) fn of_status(status: u16) -> Self {
        Self {
            first: status_line(status).into_bytes(),
            fields: Vec::new(),
        }
    }

    /// The values of every header of this name, as text where they are.
    pub(crate) fn values(&self, name: &str) -> impl Iterator<Item = &str> {
        self.fields.iter().filter_map(move |line| {
            let (key, value) = split(line)?;
            let value = std::str::from_utf8(value).ok()?;
            key.eq_ignore_ascii_case(name.as_bytes())
                .then(|| value.trim())
        })
    }

    /// Whether a header that is a list has this word.
    pub(crate) fn lists(&self, name: &str, word: &str) -> bool {
        self.values(name)
            .flat_map(|value| value.split(','))
            .any(|listed| listed.trim().eq_ignore_ascii_case(word))
    }

    /// Whether the first line says HTTP/1.0.
    pub(crate) fn is_of_http_1_0(&self) -> bool {
        self.first.ends_with(b"HTTP/1.0") || self.first.starts_with(b"HTTP/1.0")
    }

    /// Another status, with its usual phrase.
    pub(crate) fn set_status(&mut self, status: u16) {
        self.first = status_line(status).into_bytes();
    }

    /// Leaves one header of this name, with this value; in the place of the first that there was.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        let line = format!("{name}: {value}").into_bytes();
        let place = self.fields.iter().position(|line| is_called(line, name));
        self.remove(name);
        match place {
            Some(place) => self.fields.insert(place, line),
            None => self.fields.push(line),
        }
    }

    /// Leaves no header of this name.
    pub(crate) fn remove(&mut self, name: &str) {
        self.fields.retain(|line| !is_called(line, name));
    }

    /// As it is sent, with its empty line.
    pub(crate) fn to_bytes(&self) -> Bytes {
        let mut bytes = self.first.clone();
        for line in &self.fields {
            bytes.extend_from_slice(b"\r\n");
            bytes.extend_from_slice(line);
        }
        bytes.extend_from_slice(b"\r\n\r\n");
        bytes.into()
    }
}

fn status_line(status: u16) -> String {
    let phrase = hyper::StatusCode::from_u16(status)
        .ok()
        .and_then(|status| status.canonical_reason());
    format!("HTTP/1.1 {status} {}", phrase.unwrap_or_default())
}

fn split(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    Some((line[..colon].trim_ascii(), &line[colon + 1..]))
}

fn is_called(line: &[u8], name: &str) -> bool {
    split(line).is_some_and(|(key, _)| key.eq_ignore_ascii_case(name.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_changed_keeps_its_spelling_and_order() {
        let raw =
            b"\r\nGET /a HTTP/1.1\r\nHOST: a\r\nX-A:1\r\nhost: b\r\nConnection: x, Close\r\n\r\n";
        let mut head = Head::of(raw);
        assert!(head.lists("connection", "close") && !head.lists("connection", "clos"));
        assert_eq!(head.values("x-a").collect::<Vec<_>>(), ["1"]);
        head.set("host", "c");
        head.set("X-B", "2");
        head.remove("connection");
        assert_eq!(
            head.to_bytes(),
            &b"GET /a HTTP/1.1\r\nhost: c\r\nX-A:1\r\nX-B: 2\r\n\r\n"[..]
        );
        assert!(!head.is_of_http_1_0());
    }

    #[test]
    fn a_status_has_its_phrase_and_one_without_ends_with_a_space() {
        assert_eq!(
            Head::of_status(503).to_bytes(),
            &b"HTTP/1.1 503 Service Unavailable\r\n\r\n"[..]
        );
        // RFC 9112, 4: the phrase may be empty, the space before it may not be missing.
        assert_eq!(
            Head::of_status(599).to_bytes(),
            &b"HTTP/1.1 599 \r\n\r\n"[..]
        );
    }
}
