//! What Node's `zlib` has in C++: streams that are compressed or decompressed a buffer at a time.

mod brotli;
mod zlib;

use std::collections::HashMap;

pub(crate) use zlib::Settings;

/// How a stream is opened.
pub(crate) enum Opening {
    /// One of zlib's, by Node's number of what is done to it.
    Zlib(i32, Settings),
    /// Brotli compresses, by its parameters: their values by their numbers, -1 for what is left alone.
    BrotliEncoder(Vec<i32>),
    /// Brotli decompresses.
    BrotliDecoder,
}

/// What one step gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    /// What is wrong, where something is.
    pub(crate) failure: Option<Failure>,
    /// Bytes of the input that were not taken.
    pub(crate) left: usize,
    /// What came of it.
    pub(crate) output: Vec<u8>,
}

/// What is wrong with a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// The library's number.
    pub(crate) number: i32,
    /// What that is called.
    pub(crate) name: String,
    /// In words.
    pub(crate) words: String,
}

/// What Node says of a stream that ends too early.
const CUT_OFF: &str = "unexpected end of file";

impl Failure {
    fn cut_off() -> Self {
        Self {
            number: zlib::BUF_ERROR,
            name: "Z_BUF_ERROR".to_owned(),
            words: CUT_OFF.to_owned(),
        }
    }
}

enum Stream {
    Zlib(zlib::Stream),
    BrotliEncoder(Box<brotli::Encoder>),
    BrotliDecoder(Box<brotli::Decoder>),
}

/// What a stream takes at most by itself, which the engine does not count.
const ZLIB_BYTES: usize = 300 << 10;
const BROTLI_BYTES: usize = 4 << 20;

impl Stream {
    const fn bytes(&self) -> usize {
        match self {
            Self::Zlib(_) => ZLIB_BYTES,
            Self::BrotliEncoder(_) | Self::BrotliDecoder(_) => BROTLI_BYTES,
        }
    }
}

/// The streams of one program, by number.
#[derive(Default)]
pub(crate) struct Streams {
    /// Looked up, never iterated.
    open: HashMap<u32, Stream>,
    last: u32,
    bytes: usize,
}

impl Streams {
    /// Opens a stream; its number. Nothing for something that there is not to do.
    pub(crate) fn open(&mut self, opening: Opening) -> Option<u32> {
        let stream = match opening {
            Opening::Zlib(mode, settings) => {
                Stream::Zlib(zlib::Stream::new(zlib::Mode::of(mode)?, settings))
            }
            Opening::BrotliEncoder(parameters) => {
                Stream::BrotliEncoder(Box::new(brotli::Encoder::new(parameters)))
            }
            Opening::BrotliDecoder => Stream::BrotliDecoder(Box::new(brotli::Decoder::new())),
        };
        self.bytes += stream.bytes();
        self.last += 1;
        self.open.insert(self.last, stream);
        Some(self.last)
    }

    /// Memory of those that are open, at most.
    pub(crate) const fn bytes(&self) -> usize {
        self.bytes
    }

    /// Feeds a stream, and takes at most `room` bytes from it. Nothing of one that is closed.
    pub(crate) fn step(&mut self, id: u32, flush: i32, input: &[u8], room: usize) -> Option<Step> {
        Some(match self.open.get_mut(&id)? {
            Stream::Zlib(stream) => stream.step(flush, input, room),
            Stream::BrotliEncoder(encoder) => encoder.step(flush, input, room),
            Stream::BrotliDecoder(decoder) => decoder.step(flush, input, room),
        })
    }

    /// Begins a stream anew.
    pub(crate) fn reset(&mut self, id: u32) {
        match self.open.get_mut(&id) {
            Some(Stream::Zlib(stream)) => stream.reset(),
            Some(Stream::BrotliEncoder(encoder)) => **encoder = encoder.anew(),
            Some(Stream::BrotliDecoder(decoder)) => **decoder = brotli::Decoder::new(),
            None => {}
        }
    }

    /// Compresses more or less from here on; see [`zlib::Stream::set_level`].
    pub(crate) fn set_level(&mut self, id: u32, level: i32) {
        if let Some(Stream::Zlib(stream)) = self.open.get_mut(&id) {
            stream.set_level(level);
        }
    }

    /// Lets go of a stream.
    pub(crate) fn close(&mut self, id: u32) {
        if let Some(stream) = self.open.remove(&id) {
            self.bytes -= stream.bytes();
        }
    }
}
