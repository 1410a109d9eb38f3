//! Where the body of a message ends (RFC 9112, 6.3).

/// How much of a body is still to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Body {
    /// So many bytes.
    Length(u64),
    /// Chunks, each behind its size.
    Chunked(Chunks),
    /// Until the connection ends.
    UntilEnd,
}

/// Where in a chunked body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Chunks {
    /// In a size, in hexadecimal; `digits` of it were read.
    Size { size: u64, digits: u8 },
    /// In what follows the size on its line; nothing of it matters.
    Extension { size: u64 },
    /// In data, then a line's end.
    Data { left: u64 },
    /// In the line's end after data.
    DataEnd,
    /// In the trailers; `line` is the length of the present one.
    Trailer { line: u64 },
}

/// What is no body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

impl Body {
    /// Of a message that has none.
    pub(crate) const NONE: Self = Self::Length(0);

    /// In chunks.
    pub(crate) const CHUNKED: Self = Self::Chunked(Chunks::Size { size: 0, digits: 0 });

    /// Takes what is its own from the beginning of `bytes`. Returns how much that was, and whether
    /// it is over.
    pub(crate) fn take(&mut self, bytes: &[u8]) -> Result<(usize, bool), Malformed> {
        match self {
            Self::Length(left) => {
                let taken =
                    usize::try_from(*left).map_or(bytes.len(), |left| left.min(bytes.len()));
                *left -= taken as u64;
                Ok((taken, *left == 0))
            }
            Self::Chunked(chunks) => chunks.take(bytes),
            Self::UntilEnd => Ok((bytes.len(), false)),
        }
    }

    /// Takes `bytes` of it as [`Body::take`] does, up to where its content, without the sizes of
    /// chunks, is more than `most`; that place, or `None` where it is not in `bytes`. `most` becomes
    /// what is left of it.
    pub(crate) fn take_content(&mut self, bytes: &[u8], most: &mut u64) -> Option<usize> {
        let mut at = 0;
        while at < bytes.len() {
            let rest = bytes.len() - at;
            let ahead = self.content_ahead();
            let step = usize::try_from(ahead).map_or(rest, |ahead| ahead.clamp(1, rest));
            if ahead > 0 {
                match most.checked_sub(step as u64) {
                    Some(left) => *most = left,
                    None => return Some(at + usize::try_from(*most).unwrap_or(rest)),
                }
            }
            // What is no body was found by whoever gave the bytes.
            let _ = self.take(&bytes[at..at + step]);
            at += step;
        }
        None
    }

    /// How many of the bytes that come next are content for certain.
    const fn content_ahead(&self) -> u64 {
        match self {
            Self::Length(left) | Self::Chunked(Chunks::Data { left }) => *left,
            Self::Chunked(_) => 0,
            Self::UntilEnd => u64::MAX,
        }
    }
}

impl Chunks {
    fn take(&mut self, bytes: &[u8]) -> Result<(usize, bool), Malformed> {
        let mut at = 0;
        while let Some(byte) = bytes.get(at).copied() {
            if let Self::Data { left } = self {
                let rest = bytes.len() - at;
                let taken = usize::try_from(*left).map_or(rest, |left| left.min(rest));
                at += taken;
                *left -= taken as u64;
                if *left == 0 {
                    *self = Self::DataEnd;
                }
                continue;
            }
            at += 1;
            *self = match (*self, byte) {
                (
                    Self::Size {
                        size,
                        digits: digits @ 0..16,
                    },
                    b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F',
                ) => {
                    let digit = char::from(byte).to_digit(16).unwrap_or_default();
                    Self::Size {
                        size: size << 4 | u64::from(digit),
                        digits: digits + 1,
                    }
                }
                (Self::Size { digits: 0, .. }, _) => return Err(Malformed),
                (Self::Size { size, .. } | Self::Extension { size }, b'\n') => match size {
                    0 => Self::Trailer { line: 0 },
                    left => Self::Data { left },
                },
                (Self::Size { size, .. }, b'\r' | b';' | b' ' | b'\t')
                | (Self::Extension { size }, _) => Self::Extension { size },
                (Self::Size { .. }, _) => return Err(Malformed),
                (Self::DataEnd, b'\r') => Self::DataEnd,
                (Self::DataEnd, b'\n') => Self::Size { size: 0, digits: 0 },
                (Self::DataEnd | Self::Data { .. }, _) => return Err(Malformed),
                (Self::Trailer { line: 0 }, b'\n') => return Ok((at, true)),
                (Self::Trailer { .. }, b'\n') => Self::Trailer { line: 0 },
                (Self::Trailer { line }, b'\r') => Self::Trailer { line },
                (Self::Trailer { line }, _) => Self::Trailer { line: line + 1 },
            };
        }
        Ok((at, false))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How much of `bytes` belongs to the body, fed in pieces of `step`.
    fn taken(mut body: Body, bytes: &[u8], step: usize) -> Result<Option<usize>, Malformed> {
        let mut at = 0;
        while at < bytes.len() {
            let piece = &bytes[at..bytes.len().min(at + step)];
            let (taken, over) = body.take(piece)?;
            at += taken;
            if over {
                return Ok(Some(at));
            }
            assert_eq!(taken, piece.len(), "what is not over takes all");
        }
        Ok(None)
    }

    #[test]
    fn a_chunked_body_ends_with_its_trailers_in_whatever_pieces_it_comes() {
        let whole: &[u8] =
            b"4\r\nWiki\r\n0A;name=value\r\npedia in \n\r\n0\r\nDigest: x\r\nA: b\r\n\r\n";
        let bytes = [whole, b"HTTP/1.1 200"].concat();
        for step in 1..bytes.len() {
            assert_eq!(
                taken(Body::CHUNKED, &bytes, step),
                Ok(Some(whole.len())),
                "{step}"
            );
        }
        assert_eq!(taken(Body::CHUNKED, b"5\r\nhello\r\n", 3), Ok(None));
    }

    #[test]
    fn what_is_no_chunk_is_no_body() {
        for bytes in [
            &b"zz\r\n"[..],
            b"\r\n",
            b"2\r\nabc",
            b"11111111111111111\r\n",
        ] {
            assert_eq!(taken(Body::CHUNKED, bytes, 1), Err(Malformed), "{bytes:?}");
        }
    }

    #[test]
    fn content_is_counted_without_what_frames_it_in_whatever_pieces_it_comes() {
        let chunked: &[u8] = b"4\r\nWiki\r\n6;x=y\r\npedia \r\n0\r\nA: b\r\n\r\n";
        let cut_after = |most: u64| -> &[u8] {
            match most {
                0..4 => &chunked[..3 + most as usize],
                4..10 => &chunked[..16 + most as usize - 4],
                _ => chunked,
            }
        };
        for most in 0..12 {
            for step in 1..chunked.len() {
                let (mut body, mut left, mut seen) = (Body::CHUNKED, most, Vec::new());
                for piece in chunked.chunks(step) {
                    let end = body.take_content(piece, &mut left);
                    seen.extend_from_slice(&piece[..end.unwrap_or(piece.len())]);
                    if end.is_some() {
                        break;
                    }
                }
                assert_eq!(seen, cut_after(most), "{most} in steps of {step}");
            }
        }
        assert_eq!(Body::Length(9).take_content(b"123456789", &mut 5), Some(5));
        assert_eq!(Body::Length(9).take_content(b"123456789", &mut 9), None);
        assert_eq!(Body::UntilEnd.take_content(b"123", &mut 0), Some(0));
    }

    #[test]
    fn a_length_ends_where_it_says() {
        assert_eq!(taken(Body::Length(5), b"hello!", 2), Ok(Some(5)));
        assert_eq!(taken(Body::UntilEnd, b"hello!", 2), Ok(None));
    }
}
