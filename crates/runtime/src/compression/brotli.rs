//! Brotli, as `BrotliEncoderContext` and `BrotliDecoderContext` of `node_zlib.cc` have it.

use brotli::enc::StandardAlloc;
use brotli::enc::encode::{
    BrotliEncoderOperation, BrotliEncoderParameter, BrotliEncoderStateStruct,
};
use brotli::{BrotliDecompressStream, BrotliResult, BrotliState};

use super::{Failure, Step};

const FINISH: i32 = 2;

/// What Node's numbers mean, of those that the encoder takes.
const PARAMETERS: [BrotliEncoderParameter; 7] = [
    BrotliEncoderParameter::BROTLI_PARAM_MODE,
    BrotliEncoderParameter::BROTLI_PARAM_QUALITY,
    BrotliEncoderParameter::BROTLI_PARAM_LGWIN,
    BrotliEncoderParameter::BROTLI_PARAM_LGBLOCK,
    BrotliEncoderParameter::BROTLI_PARAM_DISABLE_LITERAL_CONTEXT_MODELING,
    BrotliEncoderParameter::BROTLI_PARAM_SIZE_HINT,
    BrotliEncoderParameter::BROTLI_PARAM_LARGE_WINDOW,
];

/// A stream that is compressed.
pub(super) struct Encoder {
    state: BrotliEncoderStateStruct<StandardAlloc>,
    /// By their numbers; -1 for what was left alone.
    parameters: Vec<i32>,
}

impl Encoder {
    pub(super) fn new(parameters: Vec<i32>) -> Self {
        let mut state = BrotliEncoderStateStruct::new(StandardAlloc::default());
        for (parameter, value) in PARAMETERS.into_iter().zip(&parameters) {
            if let Ok(value) = u32::try_from(*value) {
                state.set_parameter(parameter, value);
            }
        }
        Self { state, parameters }
    }

    /// One that is at its beginning, with the same parameters.
    pub(super) fn anew(&self) -> Self {
        Self::new(self.parameters.clone())
    }

    pub(super) fn step(&mut self, operation: i32, input: &[u8], room: usize) -> Step {
        let operation = match operation {
            1 => BrotliEncoderOperation::BROTLI_OPERATION_FLUSH,
            FINISH => BrotliEncoderOperation::BROTLI_OPERATION_FINISH,
            3 => BrotliEncoderOperation::BROTLI_OPERATION_EMIT_METADATA,
            _ => BrotliEncoderOperation::BROTLI_OPERATION_PROCESS,
        };
        let mut output = vec![0; room];
        let (mut left, mut taken) = (input.len(), 0);
        let (mut space, mut given) = (room, 0);
        let is_done = self.state.compress_stream(
            operation,
            &mut left,
            input,
            &mut taken,
            &mut space,
            &mut output,
            &mut given,
            &mut None,
            &mut |_, _, _, _| (),
        );
        output.truncate(given);
        let failure = (!is_done).then(|| Failure {
            number: -1,
            name: "ERR_BROTLI_COMPRESSION_FAILED".to_owned(),
            words: "Compression failed".to_owned(),
        });
        Step {
            failure,
            left,
            output,
        }
    }
}

/// A stream that is decompressed.
pub(super) struct Decoder {
    state: BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>,
}

impl Decoder {
    pub(super) fn new() -> Self {
        let alloc = StandardAlloc::default;
        Self {
            state: BrotliState::new(alloc(), alloc(), alloc()),
        }
    }

    pub(super) fn step(&mut self, operation: i32, input: &[u8], room: usize) -> Step {
        let mut output = vec![0; room];
        let (mut left, mut taken) = (input.len(), 0);
        let (mut space, mut given, mut total) = (room, 0, 0);
        let result = BrotliDecompressStream(
            &mut left,
            &mut taken,
            input,
            &mut space,
            &mut given,
            &mut output,
            &mut total,
            &mut self.state,
        );
        output.truncate(given);
        let failure = match result {
            BrotliResult::ResultFailure => {
                let error = self.state.error_code;
                let name = format!("{error:?}");
                let name = name.trim_start_matches("BROTLI_DECODER");
                Some(Failure {
                    number: error as i32,
                    name: format!("ERR_{name}"),
                    words: "Decompression failed".to_owned(),
                })
            }
            BrotliResult::NeedsMoreInput if operation == FINISH => Some(Failure::cut_off()),
            _ => None,
        };
        Step {
            failure,
            left,
            output,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(
        mut input: &[u8],
        mut step: impl FnMut(&[u8]) -> Step,
    ) -> Result<Vec<u8>, (i32, String)> {
        let mut all = Vec::new();
        loop {
            let Step {
                failure,
                left,
                output,
            } = step(input);
            if let Some(failure) = failure {
                return Err((failure.number, failure.name));
            }
            input = &input[input.len() - left..];
            let is_full = output.len() == 64;
            all.extend(output);
            if !is_full {
                return Ok(all);
            }
        }
    }

    fn compressed(text: &[u8], parameters: Vec<i32>) -> Vec<u8> {
        let mut encoder = Encoder::new(parameters);
        whole(text, |input| encoder.step(FINISH, input, 64)).expect("it compresses")
    }

    fn decompressed(bytes: &[u8]) -> Result<Vec<u8>, (i32, String)> {
        let mut decoder = Decoder::new();
        whole(bytes, |input| decoder.step(FINISH, input, 64))
    }

    #[test]
    fn what_is_compressed_comes_back() {
        let text = "the best of times, the worst of times; ".repeat(60);
        for parameters in [vec![], vec![1, 4, 18], vec![-1, 0], vec![-1, 11, 10]] {
            let small = compressed(text.as_bytes(), parameters);
            assert!(small.len() < text.len() / 4, "{}", small.len());
            assert_eq!(decompressed(&small), Ok(text.clone().into_bytes()));
        }
    }

    #[test]
    fn what_is_no_stream_says_so_in_nodes_words() {
        let small = compressed(b"hello hello hello", Vec::new());
        for (bytes, number, name) in [
            (&b"nope"[..], -15, "ERR__ERROR_FORMAT_PADDING_2"),
            (&small[..small.len() - 2], -5, "Z_BUF_ERROR"),
            (b"", -5, "Z_BUF_ERROR"),
        ] {
            assert_eq!(decompressed(bytes), Err((number, name.to_owned())));
        }
    }
}
