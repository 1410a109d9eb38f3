use rtest_core::Secrets;

/// Bytes of one line that reach the log; the rest of it is counted and left out.
const LONGEST_LINE: usize = 64 * 1024;
/// Bytes kept beyond that while a line is read, and never shown: a secret of up to this length
/// that is cut in two by the end of the buffer lies wholly in them, and so is not shown in part.
const MARGIN: usize = 4 * 1024;

/// Cuts a stream of bytes into redacted lines, in memory that does not grow with the stream.
#[derive(Debug)]
pub(super) struct Lines {
    secrets: Secrets,
    /// The line being read, at most `LONGEST_LINE + MARGIN`.
    buffer: Vec<u8>,
    /// Bytes of the line being read that did not fit.
    left_out: u64,
}

impl Lines {
    pub(super) fn new(secrets: Secrets) -> Self {
        Self {
            secrets,
            buffer: Vec::new(),
            left_out: 0,
        }
    }

    /// Takes in bytes and hands each line they complete to `line`, without its line break.
    pub(super) fn push(&mut self, bytes: &[u8], mut line: impl FnMut(&str)) {
        let mut pieces = bytes.split(|byte| *byte == b'\n');
        if let Some(first) = pieces.next() {
            self.append(first);
        }
        for piece in pieces {
            self.complete(&mut line);
            self.append(piece);
        }
    }

    /// Hands over a last line that has no line break, if there is one.
    pub(super) fn finish(&mut self, mut line: impl FnMut(&str)) {
        if !self.buffer.is_empty() {
            self.complete(&mut line);
        }
    }

    fn append(&mut self, piece: &[u8]) {
        let room = LONGEST_LINE + MARGIN - self.buffer.len();
        let (fits, rest) = piece.split_at(piece.len().min(room));
        self.buffer.extend_from_slice(fits);
        self.left_out += rest.len() as u64;
    }

    fn complete(&mut self, line: &mut impl FnMut(&str)) {
        let text = String::from_utf8_lossy(&self.buffer);
        let clean = self.secrets.redact(&text);
        if self.left_out == 0 && self.buffer.len() <= LONGEST_LINE {
            line(&clean);
        } else {
            let shown = cut(&clean, clean.len().saturating_sub(MARGIN).min(LONGEST_LINE));
            let left_out = self.left_out + (clean.len() - shown.len()) as u64;
            line(&format!("{shown}… [{left_out} more bytes of this line]"));
        }
        self.buffer.clear();
        self.left_out = 0;
    }

    #[cfg(test)]
    fn capacity(&self) -> usize {
        self.buffer.capacity()
    }
}

/// The first `bytes` of a text, or a little less where that would split a character.
pub(super) fn cut(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets() -> Secrets {
        let mut secrets = Secrets::default();
        secrets.add("hunter2");
        secrets
    }

    fn lines_of(chunks: &[&[u8]]) -> Vec<String> {
        let mut lines = Lines::new(secrets());
        let mut out = Vec::new();
        for chunk in chunks {
            lines.push(chunk, |line| out.push(line.to_owned()));
        }
        lines.finish(|line| out.push(line.to_owned()));
        out
    }

    #[test]
    fn lines_are_the_same_however_the_bytes_arrive() {
        let text = b"one\n\ntwo hunter2\r\nlast";
        let whole = lines_of(&[text]);
        assert_eq!(whole, ["one", "", "two [redacted]\r", "last"]);
        for at in 0..text.len() {
            let (head, tail) = text.split_at(at);
            assert_eq!(lines_of(&[head, tail]), whole, "split at {at}");
        }
        assert_eq!(lines_of(&[b"ended\n"]), ["ended"]);
        assert_eq!(lines_of(&[b"\xff\xfe\n"]), ["\u{fffd}\u{fffd}"]);
    }

    #[test]
    fn a_line_without_end_is_cut_and_takes_no_memory() {
        let mut lines = Lines::new(secrets());
        let mut out = Vec::new();
        for _ in 0..10 * 1024 {
            lines.push(&[b'x'; 1024], |line| out.push(line.to_owned()));
            assert!(lines.capacity() <= 2 * (LONGEST_LINE + MARGIN));
        }
        lines.push(b"\nnext\n", |line| out.push(line.to_owned()));
        assert_eq!(out.len(), 2);
        assert_eq!(out[1], "next");
        assert!(out[0].ends_with(&format!(
            "x… [{} more bytes of this line]",
            10 * 1024 * 1024 - LONGEST_LINE
        )));
    }

    #[test]
    fn a_secret_that_a_cut_splits_is_not_shown_in_part() {
        // Wherever the secret stands around either edge of the buffer.
        for edge in [LONGEST_LINE, LONGEST_LINE + MARGIN] {
            for before in edge - 10..edge + 2 {
                let mut text = vec![b'x'; before];
                text.extend_from_slice(b"hunter2");
                text.extend_from_slice(&[b'y'; 100]);
                let shown = lines_of(&[&text]).concat();
                assert!(!shown.contains("hun"), "secret at {before}");
            }
        }
        // Many replaced secrets make the text shorter than the buffer that was filled.
        let mut text = vec![b'h'; 0];
        while text.len() < 2 * (LONGEST_LINE + MARGIN) {
            text.extend_from_slice(b"hunter2 is longer than nothing hunter2");
        }
        let shown = lines_of(&[&text]).concat();
        assert!(!shown.replace("[redacted]", "").contains("hunter2"));
    }
}
