//! gzip and deflate, as `ZlibContext` of `node_zlib.cc` has them over zlib.

use zlib_rs::{
    Deflate, DeflateConfig, DeflateError, DeflateFlush, Inflate, InflateError, InflateFlush,
    Method, Status, Strategy,
};

use super::{CUT_OFF, Failure, Step};

const OK: i32 = 0;
const STREAM_END: i32 = 1;
const NEED_DICT: i32 = 2;
const STREAM_ERROR: i32 = -2;
const DATA_ERROR: i32 = -3;
const MEM_ERROR: i32 = -4;
pub(super) const BUF_ERROR: i32 = -5;

const FINISH: i32 = 4;

/// What a gzip stream begins with.
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// What is done to a stream, in the order of Node's numbers, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Deflate,
    Inflate,
    Gzip,
    Gunzip,
    DeflateRaw,
    InflateRaw,
    Unzip,
}

impl Mode {
    pub(super) fn of(number: i32) -> Option<Self> {
        let modes = [
            Self::Deflate,
            Self::Inflate,
            Self::Gzip,
            Self::Gunzip,
            Self::DeflateRaw,
            Self::InflateRaw,
            Self::Unzip,
        ];
        modes
            .get(usize::try_from(number).ok()?.checked_sub(1)?)
            .copied()
    }
}

/// How a stream was asked for: zlib's numbers.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// 8 to 15; 0 for what the stream itself says.
    pub(crate) window_bits: i32,
    /// -1 (the default) to 9.
    pub(crate) level: i32,
    /// 1 to 9.
    pub(crate) mem_level: i32,
    /// 0 to 4.
    pub(crate) strategy: i32,
    /// Empty for none.
    pub(crate) dictionary: Vec<u8>,
}

enum Engine {
    Deflate(Deflate),
    Inflate(Inflate),
}

/// One stream.
pub(super) struct Stream {
    mode: Mode,
    settings: Settings,
    engine: Engine,
    /// How much of [`GZIP_MAGIC`] was seen by a stream that may be either.
    magic_seen: usize,
}

impl Stream {
    pub(super) fn new(mode: Mode, settings: Settings) -> Self {
        let engine = engine(mode, &settings);
        Self {
            mode,
            settings,
            engine,
            magic_seen: 0,
        }
    }

    /// Begins anew, with the same settings.
    pub(super) fn reset(&mut self) {
        self.engine = engine(self.mode, &self.settings);
    }

    /// Compresses more or less from here on. That is a hint: zlib-rs refuses it of a stream that has
    /// been written to, whose level then stays.
    pub(super) fn set_level(&mut self, level: i32) {
        if let Engine::Deflate(deflate) = &mut self.engine {
            let _ = deflate.set_level(level);
        }
    }

    pub(super) fn step(&mut self, flush: i32, input: &[u8], room: usize) -> Step {
        let mut output = vec![0; room];
        let (mut taken, mut given) = (0, 0);
        let mut code = self.work(flush, input, &mut taken, &mut output, &mut given);
        // Another member of the same archive, or something behind it; zeros are its padding.
        while self.mode == Mode::Gunzip
            && code == STREAM_END
            && input.get(taken).is_some_and(|next| *next != 0)
        {
            self.reset();
            code = self.work(flush, input, &mut taken, &mut output, &mut given);
        }
        let is_cut_off = given < room && flush == FINISH;
        let words = match code {
            OK | BUF_ERROR if is_cut_off => Some(CUT_OFF),
            OK | BUF_ERROR | STREAM_END => None,
            NEED_DICT if self.settings.dictionary.is_empty() => Some("Missing dictionary"),
            NEED_DICT => Some("Bad dictionary"),
            _ => Some("Zlib error"),
        };
        let said = match &self.engine {
            Engine::Deflate(deflate) => deflate.error_message(),
            Engine::Inflate(inflate) => inflate.error_message(),
        };
        output.truncate(given);
        Step {
            failure: words.map(|words| Failure {
                number: code,
                name: name(code).to_owned(),
                words: said.unwrap_or(words).to_owned(),
            }),
            left: input.len() - taken,
            output,
        }
    }

    /// One call of zlib, and a second where it asks for the dictionary.
    fn work(
        &mut self,
        flush: i32,
        input: &[u8],
        taken: &mut usize,
        output: &mut [u8],
        given: &mut usize,
    ) -> i32 {
        self.look_for_magic(input);
        let code = self.call(flush, input, taken, output, given);
        let dictionary = &self.settings.dictionary;
        if code != NEED_DICT || dictionary.is_empty() || self.mode == Mode::InflateRaw {
            return code;
        }
        let Engine::Inflate(inflate) = &mut self.engine else {
            return code;
        };
        match inflate.set_dictionary(dictionary) {
            Ok(_) => self.call(flush, input, taken, output, given),
            Err(InflateError::DataError) => NEED_DICT,
            Err(error) => inflate_code(error),
        }
    }

    /// A stream that may be gzip or not turns out to be one.
    fn look_for_magic(&mut self, input: &[u8]) {
        if self.mode != Mode::Unzip {
            return;
        }
        for byte in input {
            if *byte != GZIP_MAGIC[self.magic_seen] {
                self.mode = Mode::Inflate;
                return;
            }
            self.magic_seen += 1;
            if self.magic_seen == GZIP_MAGIC.len() {
                self.mode = Mode::Gunzip;
                return;
            }
        }
    }

    fn call(
        &mut self,
        flush: i32,
        input: &[u8],
        taken: &mut usize,
        output: &mut [u8],
        given: &mut usize,
    ) -> i32 {
        let (input, output) = (&input[*taken..], &mut output[*given..]);
        let (before, code, after) = match &mut self.engine {
            Engine::Deflate(deflate) => {
                let before = (deflate.total_in(), deflate.total_out());
                let code = match deflate.compress(input, output, deflate_flush(flush)) {
                    Ok(status) => status_code(status),
                    Err(DeflateError::StreamError) => STREAM_ERROR,
                    Err(DeflateError::DataError) => DATA_ERROR,
                    Err(DeflateError::MemError) => MEM_ERROR,
                };
                (before, code, (deflate.total_in(), deflate.total_out()))
            }
            Engine::Inflate(inflate) => {
                let before = (inflate.total_in(), inflate.total_out());
                let code = match inflate.decompress(input, output, inflate_flush(flush)) {
                    Ok(status) => status_code(status),
                    Err(error) => inflate_code(error),
                };
                (before, code, (inflate.total_in(), inflate.total_out()))
            }
        };
        *taken += usize::try_from(after.0 - before.0).expect("no more than there was");
        *given += usize::try_from(after.1 - before.1).expect("no more than there was room for");
        code
    }
}

fn engine(mode: Mode, settings: &Settings) -> Engine {
    // A stream that says how wide its window is may have any.
    let bits = match settings.window_bits {
        0 => 15,
        bits => bits,
    };
    let wide = |more: i32| u8::try_from(bits + more).unwrap_or(15);
    let dictionary = &settings.dictionary;
    let deflate = |window_bits: i32| {
        let mut deflate = Deflate::new_with_config(DeflateConfig {
            level: settings.level,
            method: Method::Deflated,
            window_bits,
            mem_level: settings.mem_level,
            strategy: Strategy::try_from(settings.strategy).unwrap_or_default(),
        });
        if mode != Mode::Gzip && !dictionary.is_empty() {
            // A fresh stream takes any.
            let _ = deflate.set_dictionary(dictionary);
        }
        Engine::Deflate(deflate)
    };
    match mode {
        Mode::Deflate => deflate(bits),
        Mode::Gzip => deflate(bits + 16),
        Mode::DeflateRaw => deflate(-bits),
        Mode::Inflate => Engine::Inflate(Inflate::new(true, wide(0))),
        Mode::Gunzip => Engine::Inflate(Inflate::new(true, wide(16))),
        Mode::Unzip => Engine::Inflate(Inflate::new(true, wide(32))),
        Mode::InflateRaw => {
            let mut inflate = Inflate::new(false, wide(0));
            if !dictionary.is_empty() {
                let _ = inflate.set_dictionary(dictionary);
            }
            Engine::Inflate(inflate)
        }
    }
}

/// What zlib calls one of its numbers.
const fn name(code: i32) -> &'static str {
    match code {
        NEED_DICT => "Z_NEED_DICT",
        STREAM_ERROR => "Z_STREAM_ERROR",
        DATA_ERROR => "Z_DATA_ERROR",
        MEM_ERROR => "Z_MEM_ERROR",
        _ => "Z_BUF_ERROR",
    }
}

const fn status_code(status: Status) -> i32 {
    match status {
        Status::Ok => OK,
        Status::BufError => BUF_ERROR,
        Status::StreamEnd => STREAM_END,
    }
}

const fn inflate_code(error: InflateError) -> i32 {
    match error {
        InflateError::NeedDict { .. } => NEED_DICT,
        InflateError::StreamError => STREAM_ERROR,
        InflateError::DataError => DATA_ERROR,
        InflateError::MemError => MEM_ERROR,
    }
}

fn deflate_flush(flush: i32) -> DeflateFlush {
    DeflateFlush::try_from(flush).unwrap_or_default()
}

/// Inflating knows no partial and no full flush: it gives what it can with any.
fn inflate_flush(flush: i32) -> InflateFlush {
    InflateFlush::try_from(flush).unwrap_or(InflateFlush::SyncFlush)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn settings() -> Settings {
        Settings {
            window_bits: 15,
            level: -1,
            mem_level: 8,
            strategy: 0,
            dictionary: Vec::new(),
        }
    }

    /// All that comes of an input, a small piece at a time.
    fn whole(mode: Mode, settings: Settings, mut input: &[u8]) -> Result<Vec<u8>, (i32, String)> {
        let mut stream = Stream::new(mode, settings);
        let mut all = Vec::new();
        loop {
            let step = stream.step(FINISH, input, 64);
            if let Some(failure) = step.failure {
                return Err((failure.number, failure.words));
            }
            all.extend_from_slice(&step.output);
            input = &input[input.len() - step.left..];
            if step.output.len() < 64 {
                return Ok(all);
            }
        }
    }

    const PAIRS: [(Mode, Mode); 6] = [
        (Mode::Deflate, Mode::Inflate),
        (Mode::Gzip, Mode::Gunzip),
        (Mode::DeflateRaw, Mode::InflateRaw),
        (Mode::Gzip, Mode::Unzip),
        (Mode::Deflate, Mode::Unzip),
        (Mode::Gzip, Mode::Gunzip),
    ];

    proptest! {
        #[test]
        fn what_is_compressed_comes_back(
            text in proptest::collection::vec(prop_oneof![Just(b'a'), any::<u8>()], 0..2_000),
            pair in 0..PAIRS.len(),
            window_bits in 9..=15_i32,
            level in -1..=9_i32,
            mem_level in 1..=9_i32,
            strategy in 0..=4_i32,
        ) {
            let settings = Settings { window_bits, level, mem_level, strategy, ..settings() };
            let (there, back) = PAIRS[pair];
            let small = whole(there, settings.clone(), &text);
            prop_assert_eq!(whole(back, settings, &small.expect("it compresses")), Ok(text));
        }

        #[test]
        fn what_is_no_stream_is_an_error_and_no_crash(
            bytes in proptest::collection::vec(any::<u8>(), 0..200),
            mode in prop_oneof![Just(Mode::Inflate), Just(Mode::Gunzip), Just(Mode::InflateRaw), Just(Mode::Unzip)],
        ) {
            let _ = whole(mode, settings(), &bytes);
        }
    }

    #[test]
    fn a_stream_that_is_wrong_says_so_in_zlibs_words() {
        let gzip = whole(Mode::Gzip, settings(), b"hello").expect("it compresses");
        let mut broken = gzip.clone();
        broken[14] ^= 1;
        for (mode, input, code, words) in [
            (
                Mode::Inflate,
                &b"hello"[..],
                DATA_ERROR,
                "incorrect header check",
            ),
            (
                Mode::Gunzip,
                &gzip[..gzip.len() - 1],
                BUF_ERROR,
                "unexpected end of file",
            ),
            (
                Mode::Gunzip,
                b"\x1f\x8b\x07\0",
                DATA_ERROR,
                "unknown compression method",
            ),
            (Mode::InflateRaw, b"\xff", DATA_ERROR, "invalid block type"),
        ] {
            assert_eq!(
                whole(mode, settings(), input),
                Err((code, words.to_owned()))
            );
        }
        assert!(whole(Mode::Gunzip, settings(), &broken).is_err());
    }

    #[test]
    fn members_of_an_archive_follow_each_other_and_zeros_are_padding() {
        let mut archive = whole(Mode::Gzip, settings(), b"one, ").expect("it compresses");
        archive.extend(whole(Mode::Gzip, settings(), b"two").expect("it compresses"));
        archive.extend([0; 5]);
        for mode in [Mode::Gunzip, Mode::Unzip] {
            assert_eq!(whole(mode, settings(), &archive), Ok(b"one, two".to_vec()));
        }
    }

    #[test]
    fn a_dictionary_is_needed_where_one_was_used() {
        let with = |dictionary: &[u8]| Settings {
            dictionary: dictionary.to_vec(),
            ..settings()
        };
        let small =
            whole(Mode::Deflate, with(b"hello world"), b"hello world").expect("it compresses");
        assert_eq!(
            whole(Mode::Inflate, with(b"hello world"), &small),
            Ok(b"hello world".to_vec())
        );
        for (dictionary, words) in [
            (&b""[..], "Missing dictionary"),
            (b"other", "Bad dictionary"),
        ] {
            let error = whole(Mode::Inflate, with(dictionary), &small);
            assert_eq!(error, Err((NEED_DICT, words.to_owned())));
        }
    }
}
