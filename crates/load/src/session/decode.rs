use std::io::{self, Read};

use bytes::Bytes;
use flate2::{Decompress, FlushDecompress, Status};
use hyper::HeaderMap;
use hyper::header::{CONTENT_ENCODING, HeaderValue};
use rtest_core::sample::ErrorKind;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{FrameDecoder, StreamingDecoder};

use crate::client::Failure;

/// What is said to be understood.
pub(crate) const ACCEPTED: HeaderValue = HeaderValue::from_static("gzip, deflate, br, zstd");

/// The most that a body may be once it is decoded: as much as is kept of one that is not encoded.
const LARGEST: u64 = 16 * 1024 * 1024;

/// The most that a body may grow, once it is larger than [`FREE`]. Text shrinks to a tenth, logs
/// and tables to a fiftieth; what grows more is made to.
const MOST_GROWTH: u64 = 256;

/// Up to here a body may grow as it likes.
const FREE: u64 = 1024 * 1024;

/// Codings of one body at most; nobody means to use more than one.
const MOST_CODINGS: usize = 3;

/// What is decoded at once.
const BUFFER: usize = 8 * 1024;

/// The largest window of zstd that decoders have to support (RFC 9659): what it takes in memory.
const ZSTD_WINDOW: u64 = 8 * 1024 * 1024;

/// A body as it was before it was encoded; the body itself where it was not.
///
/// # Errors
/// It is not what its `content-encoding` says, or that is unknown, or it would be too large.
pub(super) fn decode(headers: &HeaderMap, body: &Bytes) -> Result<Bytes, Failure> {
    let mut decoded = body.clone();
    let most = (body.len() as u64 * MOST_GROWTH).clamp(FREE, LARGEST);
    // What was done last is undone first.
    for coding in codings(headers)?.into_iter().rev() {
        decoded = coding.undo(&decoded, most).map_err(|failed| match failed {
            Undecoded::TooLarge => Failure {
                kind: ErrorKind::BodyTooLarge,
                message: format!(
                    "the {} bytes of the body are more than {most} once they are decoded ({}): \
                     too many to be looked at",
                    body.len(),
                    coding.name()
                ),
            },
            Undecoded::Broken(reason) => {
                undecodable(format!("the body is not {}: {reason}", coding.name()))
            }
        })?;
    }
    Ok(decoded)
}

/// How a body is encoded (RFC 9110, 8.4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Coding {
    Gzip,
    Deflate,
    Brotli,
    Zstd,
}

impl Coding {
    const NAMES: [(&'static str, Self); 5] = [
        ("gzip", Self::Gzip),
        ("x-gzip", Self::Gzip),
        ("deflate", Self::Deflate),
        ("br", Self::Brotli),
        ("zstd", Self::Zstd),
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Deflate => "deflate",
            Self::Brotli => "br",
            Self::Zstd => "zstd",
        }
    }

    fn undo(self, body: &[u8], most: u64) -> Result<Bytes, Undecoded> {
        let mut out = Vec::new();
        match self {
            // An answer without a body (to `HEAD`, say) may well say how it would be encoded.
            _ if body.is_empty() => {}
            // Of several members, as `cat a.gz b.gz` makes them.
            Self::Gzip => take(flate2::read::MultiGzDecoder::new(body), most, &mut out)?,
            Self::Deflate => inflate(body, most, &mut out)?,
            Self::Brotli => {
                let decoder = brotli_decompressor::Decompressor::new(body, BUFFER);
                take(decoder, most, &mut out)?;
            }
            Self::Zstd => unzstd(body, most, &mut out)?,
        }
        Ok(out.into())
    }
}

/// The codings of a body, in the order in which they were applied.
fn codings(headers: &HeaderMap) -> Result<Vec<Coding>, Failure> {
    let mut codings = Vec::new();
    for value in headers.get_all(CONTENT_ENCODING) {
        let value = String::from_utf8_lossy(value.as_bytes());
        let names = value.split(',').map(str::trim);
        for name in names.filter(|name| !name.is_empty() && !name.eq_ignore_ascii_case("identity"))
        {
            let coding = Coding::NAMES
                .iter()
                .find(|(known, _)| known.eq_ignore_ascii_case(name));
            match coding {
                Some((_, coding)) if codings.len() < MOST_CODINGS => codings.push(*coding),
                Some(_) => return Err(undecodable("the body is encoded too many times")),
                None => {
                    let reason = format!("`{name}` is not a content-encoding that was asked for");
                    return Err(undecodable(reason));
                }
            }
        }
    }
    Ok(codings)
}

fn undecodable(reason: impl Into<String>) -> Failure {
    Failure {
        kind: ErrorKind::Decode,
        message: reason.into(),
    }
}

enum Undecoded {
    TooLarge,
    Broken(String),
}

impl From<io::Error> for Undecoded {
    fn from(error: io::Error) -> Self {
        Self::Broken(error.to_string())
    }
}

/// Reads all of a decoder, up to so many bytes of output.
fn take(decoder: impl Read, most: u64, out: &mut Vec<u8>) -> Result<(), Undecoded> {
    let left = most.saturating_sub(out.len() as u64);
    // One more than there may be, to see whether there is more.
    let read = decoder.take(left + 1).read_to_end(out)? as u64;
    if read > left {
        return Err(Undecoded::TooLarge);
    }
    Ok(())
}

/// RFC 1950, or RFC 1951 alone: servers that take "deflate" at its word are understood by every
/// browser. Not flate2's readers: to them, a stream that breaks off has ended.
fn inflate(body: &[u8], most: u64, out: &mut Vec<u8>) -> Result<(), Undecoded> {
    let mut decoder = Decompress::new(is_zlib(body));
    let mut buffer = [0; BUFFER];
    loop {
        let (consumed, produced) = (decoder.total_in(), decoder.total_out());
        let rest = usize::try_from(consumed).ok().and_then(|at| body.get(at..));
        let status = decoder
            .decompress(rest.unwrap_or_default(), &mut buffer, FlushDecompress::None)
            .map_err(|error| Undecoded::Broken(error.to_string()))?;
        let fresh = decoder.total_out() - produced;
        if out.len() as u64 + fresh > most {
            return Err(Undecoded::TooLarge);
        }
        out.extend(buffer.iter().take(usize::try_from(fresh).unwrap_or(BUFFER)));
        if status == Status::StreamEnd {
            return Ok(());
        }
        if fresh == 0 && decoder.total_in() == consumed {
            return Err(Undecoded::Broken("it breaks off".to_owned()));
        }
    }
}

/// What a zlib stream begins with (RFC 1950, 2.2).
fn is_zlib(body: &[u8]) -> bool {
    let [first, second, ..] = body else {
        return false;
    };
    first & 0x0f == 8 && u16::from_be_bytes([*first, *second]).is_multiple_of(31)
}

/// One frame after the other (RFC 8878).
fn unzstd(mut body: &[u8], most: u64, out: &mut Vec<u8>) -> Result<(), Undecoded> {
    let mut decoder = FrameDecoder::new();
    decoder.set_max_window_size(ZSTD_WINDOW);
    while !body.is_empty() {
        match StreamingDecoder::new_with_decoder(&mut body, &mut decoder) {
            Ok(frame) => take(frame, most, out)?,
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                length,
                ..
            })) => {
                let skipped = usize::try_from(length).ok().and_then(|at| body.get(at..));
                body = skipped.ok_or_else(|| Undecoded::Broken("it breaks off".to_owned()))?;
                continue;
            }
            Err(error) => return Err(Undecoded::Broken(error.to_string())),
        }
        let told = decoder.get_checksum_from_data();
        if told.is_some() && told != decoder.get_calculated_checksum() {
            return Err(Undecoded::Broken("its checksum is another".to_owned()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::LazyLock;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
    use proptest::prelude::*;

    use super::*;

    fn gzip(plain: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(plain).expect("memory");
        encoder.finish().expect("memory")
    }

    fn zlib(plain: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(plain).expect("memory");
        encoder.finish().expect("memory")
    }

    fn raw_deflate(plain: &[u8]) -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(plain).expect("memory");
        encoder.finish().expect("memory")
    }

    fn brotli(plain: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        let params = ::brotli::enc::BrotliEncoderParams {
            quality: 2,
            ..Default::default()
        };
        ::brotli::BrotliCompress(&mut &*plain, &mut out, &params).expect("memory");
        out
    }

    fn zstd(plain: &[u8]) -> Vec<u8> {
        let mut encoder = ::zstd::Encoder::new(Vec::new(), 3).expect("a level");
        encoder.include_checksum(true).expect("an option");
        encoder.write_all(plain).expect("memory");
        encoder.finish().expect("memory")
    }

    type Encode = fn(&[u8]) -> Vec<u8>;

    const ENCODERS: [(&str, Encode); 5] = [
        ("gzip", gzip),
        ("deflate", zlib),
        ("deflate", raw_deflate),
        ("br", brotli),
        ("zstd", zstd),
    ];

    fn decoded(encoding: &str, body: impl Into<Bytes>) -> Result<Bytes, Failure> {
        let mut headers = HeaderMap::new();
        for encoding in encoding.split('|') {
            let value = HeaderValue::from_str(encoding).expect("a value");
            headers.append(CONTENT_ENCODING, value);
        }
        decode(&headers, &body.into())
    }

    fn text() -> Vec<u8> {
        (0..5000)
            .flat_map(|n| format!("row {n}, ").into_bytes())
            .collect()
    }

    #[test]
    fn a_body_is_what_it_was_before_it_was_encoded() {
        let text = text();
        for (name, encode) in ENCODERS {
            assert_eq!(decoded(name, encode(&text)).expect(name), text, "{name}");
            let nothing = encode(b"");
            assert_eq!(decoded(name, nothing).expect(name), Bytes::new(), "{name}");
            assert_eq!(decoded(name, Bytes::new()).expect(name), Bytes::new());
        }
        assert_eq!(decoded("identity", text.clone()).expect("plain"), text);
        assert_eq!(decoded("X-GZIP", gzip(&text)).expect("gzip"), text);
        let twice = || brotli(&gzip(&text));
        assert_eq!(decoded("gzip, br", twice()).expect("both"), text);
        assert_eq!(decoded("gzip|identity, br", twice()).expect("both"), text);
        let parts = [gzip(b"a"), gzip(b"b")].concat();
        assert_eq!(decoded("gzip", parts).expect("members"), "ab");
        let skipped = [0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, b'x', b'y'];
        let frames = [&skipped[..], &zstd(b"a"), &zstd(b"b"), &skipped].concat();
        assert_eq!(decoded("zstd", frames).expect("frames"), "ab");
    }

    #[test]
    fn what_breaks_off_or_is_something_else_is_told() {
        for (name, encode) in ENCODERS {
            let whole = encode(&text()[..500]);
            for len in 1..whole.len() {
                let failure = decoded(name, whole[..len].to_vec());
                let failure = failure.expect_err(&format!("{name}, {len} of {}", whole.len()));
                assert_eq!(
                    failure.kind,
                    ErrorKind::Decode,
                    "{name}: {}",
                    failure.message
                );
            }
        }
        for name in ["gzip", "zstd"] {
            let (_, encode) = ENCODERS.iter().find(|(it, _)| *it == name).expect("one");
            let mut wrong = encode(&text());
            let middle = wrong.len() / 2;
            wrong[middle] ^= 1;
            assert!(decoded(name, wrong).is_err(), "{name} has a checksum");
        }
        let failure = decoded("gzip", "<html><body></body>").expect_err("no gzip");
        assert_eq!(failure.message, "the body is not gzip: invalid gzip header");
        let failure = decoded("compress", "x").expect_err("unknown");
        let expected = "`compress` is not a content-encoding that was asked for";
        assert_eq!(failure.message, expected);
        assert!(decoded("gzip,gzip|gzip,gzip", "x").is_err());
    }

    #[test]
    fn a_bomb_is_too_large_long_before_it_fills_the_memory() {
        let zeros = vec![0; 17 << 20];
        for (name, encode) in ENCODERS {
            let bomb = encode(&zeros);
            let failure = decoded(name, bomb).expect_err(name);
            assert_eq!(failure.kind, ErrorKind::BodyTooLarge, "{name}");
        }
        let twice = gzip(&gzip(&zeros));
        assert!(twice.len() < 1000);
        let failure = decoded("gzip, gzip", twice).expect_err("a bomb in a bomb");
        assert_eq!(failure.kind, ErrorKind::BodyTooLarge);
        assert!(
            failure.message.contains("more than 1048576"),
            "{}",
            failure.message
        );
        let fine = decoded("gzip", gzip(&zeros[..FREE as usize])).expect("small enough");
        assert_eq!(fine.len() as u64, FREE);
    }

    proptest! {
        /// Damaged bytes are decoded to something, or are told; nothing panics.
        #[test]
        fn no_body_brings_it_down(
            damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
            cut: prop::sample::Index,
            garbage in proptest::collection::vec(any::<u8>(), 0..64),
        ) {
            static SOUND: LazyLock<Vec<(&str, Vec<u8>)>> = LazyLock::new(|| {
                let text = text();
                ENCODERS.map(|(name, encode)| (name, encode(&text[..2000]))).to_vec()
            });
            for (name, body) in &*SOUND {
                let mut body = body.clone();
                for (at, byte) in &damage {
                    let at = at.index(body.len());
                    body[at] = *byte;
                }
                let _ = decoded(name, body.clone());
                body.truncate(cut.index(body.len()));
                body.extend(&garbage);
                let _ = decoded(name, body);
            }
        }
    }
}
