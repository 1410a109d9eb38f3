//! `TextDecoder` in every encoding of WHATWG's Encoding Standard.

use std::cell::RefCell;
use std::rc::Rc;

use encoding_rs::{CoderResult, Decoder, DecoderResult, Encoding};
use rquickjs::{Ctx, Function, Result, TypedArray};

use super::Functions;
use crate::bytes::copy_of;

type Bytes<'js> = TypedArray<'js, u8>;

pub(super) fn add(functions: &Functions<'_>) -> Result<()> {
    functions.add("decoder", decoder)
}

/// A function of (bytes, last) that gives text, or none where the bytes are not of the encoding and
/// that is fatal; none for an encoding that is not known.
fn decoder<'js>(
    ctx: Ctx<'js>,
    label: String,
    fatal: bool,
    keep_bom: bool,
) -> Result<Option<Function<'js>>> {
    Encoding::for_label(label.as_bytes())
        .map(|encoding| make(ctx, encoding, fatal, keep_bom))
        .transpose()
}

fn make<'js>(
    ctx: Ctx<'js>,
    encoding: &'static Encoding,
    fatal: bool,
    keep_bom: bool,
) -> Result<Function<'js>> {
    let fresh = move || {
        if keep_bom {
            encoding.new_decoder_without_bom_handling()
        } else {
            encoding.new_decoder_with_bom_removal()
        }
    };
    let decoder = Rc::new(RefCell::new(fresh()));
    Function::new(ctx, move |bytes: Bytes<'_>, last: bool| {
        let mut decoder = decoder.borrow_mut();
        let text = decode(&mut decoder, &copy_of(&bytes), last, fatal);
        if last || text.is_none() {
            *decoder = fresh();
        }
        text
    })
}

fn decode(decoder: &mut Decoder, bytes: &[u8], last: bool, fatal: bool) -> Option<String> {
    let room = decoder.max_utf8_buffer_length(bytes.len()).unwrap_or(0);
    let mut text = String::with_capacity(room);
    if fatal {
        let (result, _) = decoder.decode_to_string_without_replacement(bytes, &mut text, last);
        return (result == DecoderResult::InputEmpty).then_some(text);
    }
    let (result, _, _) = decoder.decode_to_string(bytes, &mut text, last);
    debug_assert_eq!(result, CoderResult::InputEmpty, "the text has room");
    Some(text)
}
