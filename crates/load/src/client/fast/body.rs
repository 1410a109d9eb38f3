//! Bodies: where they end, and what of the bytes of a connection is theirs.

use super::head::{Field, Malformed};

/// How the end of a body is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    /// By its length.
    Length(u64),
    /// By a last chunk (RFC 9112, 7.1).
    Chunked,
    /// By the end of the connection.
    UntilClosed,
}

/// The most of chunk extensions, in one body, that is read over.
const MAX_EXTENSIONS: u32 = 16 * 1024;

/// The most of trailers that is read over.
const MAX_TRAILERS: usize = 64 * 1024;

/// Tells a body from what is around it.
#[derive(Debug)]
pub(super) enum BodyReader {
    /// So much is still to come.
    Length(u64),
    Chunked(ChunkReader),
    UntilClosed,
}

/// What was taken of some bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Taken {
    /// How many.
    pub(super) bytes: usize,
    /// Whether the body is whole now; more bytes, if there are any, are not its.
    pub(super) whole: bool,
}

impl BodyReader {
    /// From the body's first byte on.
    pub(super) fn new(framing: Framing) -> Self {
        match framing {
            Framing::Length(length) => Self::Length(length),
            Framing::Chunked => Self::Chunked(ChunkReader::default()),
            Framing::UntilClosed => Self::UntilClosed,
        }
    }

    /// Takes what belongs to the body, and gives what of it is content to `content`.
    ///
    /// # Errors
    /// The chunks are not framed as chunks are.
    #[inline]
    pub(super) fn take(
        &mut self,
        bytes: &[u8],
        mut content: impl FnMut(&[u8]),
    ) -> Result<Taken, Malformed> {
        match self {
            Self::Length(left) => {
                let here = usize::try_from(*left).unwrap_or(usize::MAX);
                let here = here.min(bytes.len());
                content(&bytes[..here]);
                *left -= here as u64;
                Ok(Taken {
                    bytes: here,
                    whole: *left == 0,
                })
            }
            Self::Chunked(chunks) => chunks.take(bytes, content),
            Self::UntilClosed => {
                content(bytes);
                Ok(Taken {
                    bytes: bytes.len(),
                    whole: false,
                })
            }
        }
    }

    /// How long the body is, where that is known before it came.
    pub(super) const fn length(&self) -> Option<u64> {
        match self {
            Self::Length(length) => Some(*length),
            Self::Chunked(_) | Self::UntilClosed => None,
        }
    }

    /// Whether the end of the connection is the end of the body.
    pub(super) const fn ends_with_connection(&self) -> bool {
        matches!(self, Self::UntilClosed)
    }
}

/// Reads chunks.
#[derive(Debug, Default)]
pub(super) struct ChunkReader {
    expects: Expects,
    /// The present chunk's size while it is read, then what is still to come of it.
    left: u64,
    extensions: u32,
    /// The trailers, a line each.
    trailers: Vec<u8>,
}

/// What comes next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Expects {
    /// The first digit of a size.
    #[default]
    Size,
    /// Digits, or what follows them.
    MoreSize,
    /// Blanks after the size.
    Blank,
    Extension,
    SizeLf,
    Data,
    DataCr,
    DataLf,
    /// The first byte of a trailer, or of the last line end.
    Trailer,
    MoreTrailer,
    TrailerLf,
    LastLf,
}

impl ChunkReader {
    fn take(&mut self, bytes: &[u8], mut content: impl FnMut(&[u8])) -> Result<Taken, Malformed> {
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            if self.expects == Expects::Data {
                let here = usize::try_from(self.left).unwrap_or(usize::MAX);
                let here = here.min(bytes.len() - at);
                content(&bytes[at..at + here]);
                at += here;
                self.left -= here as u64;
                if self.left == 0 {
                    self.expects = Expects::DataCr;
                }
                continue;
            }
            at += 1;
            if self.expects == Expects::LastLf && byte == b'\n' {
                let lines = self.trailers.split(|byte| *byte == b'\n');
                for line in lines.filter(|line| !line.is_empty()) {
                    Field::read(line)?;
                }
                return Ok(Taken {
                    bytes: at,
                    whole: true,
                });
            }
            self.expects = self.step(byte)?;
        }
        Ok(Taken {
            bytes: at,
            whole: false,
        })
    }

    /// Takes a byte of the framing.
    fn step(&mut self, byte: u8) -> Result<Expects, Malformed> {
        use Expects as E;
        Ok(match (self.expects, byte) {
            (E::Size | E::MoreSize, b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F') => {
                let digit = char::from(byte).to_digit(16).unwrap_or(0);
                self.left = self
                    .left
                    .checked_mul(16)
                    .and_then(|size| size.checked_add(u64::from(digit)))
                    .ok_or(Malformed("a chunk's size is beyond all bounds"))?;
                E::MoreSize
            }
            (E::MoreSize | E::Blank, b' ' | b'\t') => E::Blank,
            (E::MoreSize | E::Blank, b';') => E::Extension,
            (E::MoreSize | E::Blank | E::Extension, b'\r') => E::SizeLf,
            (E::Size | E::MoreSize | E::Blank, _) => {
                return Err(Malformed("a chunk's size is not a number"));
            }
            (E::Extension, byte) => {
                self.extensions += 1;
                if byte == b'\n' || self.extensions >= MAX_EXTENSIONS {
                    return Err(Malformed("a chunk's extensions do not end"));
                }
                E::Extension
            }
            (E::SizeLf, b'\n') if self.left == 0 => E::Trailer,
            (E::SizeLf, b'\n') => E::Data,
            (E::DataCr, b'\r') => E::DataLf,
            (E::DataLf, b'\n') => E::Size,
            (E::Trailer, b'\r') => E::LastLf,
            (E::MoreTrailer, b'\r') => E::TrailerLf,
            (E::Trailer | E::MoreTrailer, byte) => {
                if self.trailers.len() >= MAX_TRAILERS {
                    return Err(Malformed("the trailers do not end"));
                }
                self.trailers.push(byte);
                E::MoreTrailer
            }
            (E::TrailerLf, b'\n') => {
                self.trailers.push(byte);
                E::Trailer
            }
            _ => return Err(Malformed("a chunk does not end where it should")),
        })
    }
}
