//! Strings to bytes and back, in Node's encodings. Strings come in well formed; what is not is put
//! right, or spelled out unit by unit, in `binding/buffer.js`.

use rquickjs::{Ctx, Result, TypedArray};

use super::Functions;
use crate::bytes::copy_of;

type Bytes<'js> = TypedArray<'js, u8>;

pub(super) fn add(functions: &Functions<'_>) -> Result<()> {
    functions.add("utf8Length", |text: String| text.len())?;
    functions.add("utf8Encode", |ctx, text: String| {
        Bytes::new(ctx, text.into_bytes())
    })?;
    functions.add("utf8Decode", |bytes: Bytes<'_>| {
        String::from_utf8_lossy(&copy_of(&bytes)).into_owned()
    })?;
    functions.add("isUtf8", |bytes: Bytes<'_>| {
        std::str::from_utf8(&copy_of(&bytes)).is_ok()
    })?;
    functions.add("isAscii", |bytes: Bytes<'_>| copy_of(&bytes).is_ascii())?;
    functions.add("latin1Encode", |ctx, text: String| {
        Bytes::new(ctx, latin1(&text))
    })?;
    functions.add("latin1Decode", |bytes: Bytes<'_>| {
        copy_of(&bytes)
            .iter()
            .map(|&byte| char::from(byte))
            .collect::<String>()
    })?;
    functions.add("asciiDecode", |bytes: Bytes<'_>| {
        copy_of(&bytes)
            .iter()
            .map(|&byte| char::from(byte & 0x7f))
            .collect::<String>()
    })?;
    functions.add("hexEncode", |ctx, text: String| {
        Bytes::new(ctx, hex(&latin1(&text)))
    })?;
    functions.add("hexDecode", |bytes: Bytes<'_>| {
        let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
        copy_of(&bytes)
            .iter()
            .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
            .collect::<String>()
    })?;
    functions.add("base64Encode", |ctx, text: String| {
        Bytes::new(ctx, base64(&latin1(&text)))
    })?;
    functions.add("base64Decode", |bytes: Bytes<'_>, is_url: bool| {
        base64_text(&copy_of(&bytes), is_url)
    })?;
    functions.add("forgivingBase64", forgiving_base64)
}

/// Each UTF-16 unit's lower half, as `Buffer.from(text, 'latin1')` has it.
fn latin1(text: &str) -> Vec<u8> {
    text.encode_utf16()
        .map(|unit| (unit & 0xff) as u8)
        .collect()
}

/// Pairs of digits, up to the first that is none.
fn hex(text: &[u8]) -> Vec<u8> {
    let digit = |byte: u8| {
        char::from(byte)
            .to_digit(16)
            .and_then(|value| u8::try_from(value).ok())
    };
    text.chunks_exact(2)
        .map_while(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?))
        .collect()
}

fn base64_value(byte: u8) -> Option<u32> {
    let value = match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    };
    Some(u32::from(value))
}

/// Both alphabets at once, and whatever belongs to neither is passed over; the first `=` ends it.
fn base64(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3 + 2);
    let mut bits = 0_u32;
    let mut count = 0_u32;
    for value in text
        .iter()
        .take_while(|&&byte| byte != b'=')
        .filter_map(|&byte| base64_value(byte))
    {
        bits = bits << 6 | value;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count & 0xff) as u8);
        }
    }
    bytes
}

/// The alphabet of RFC 4648 with padding, or its URL-safe one without.
fn base64_text(bytes: &[u8], is_url: bool) -> String {
    const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let alphabet = if is_url { URL } else { STANDARD };
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let group = chunk
            .iter()
            .chain([&0, &0])
            .take(3)
            .fold(0_usize, |group, &byte| group << 8 | usize::from(byte));
        for at in 0..=chunk.len() {
            text.push(char::from(alphabet[group >> (18 - 6 * at) & 63]));
        }
        if !is_url {
            text.extend(std::iter::repeat_n('=', 3 - chunk.len()));
        }
    }
    text
}

/// `atob`, by the rules of WHATWG's Infra Standard: the text as Latin-1, -2 for a wrong character,
/// -1 for a wrong length.
fn forgiving_base64<'js>(ctx: Ctx<'js>, text: String) -> Result<rquickjs::Value<'js>> {
    use rquickjs::IntoJs;
    let spaces = ['\t', '\n', '\u{c}', '\r', ' '];
    let mut data: String = text.chars().filter(|c| !spaces.contains(c)).collect();
    if data.len().is_multiple_of(4) {
        for _ in 0..2 {
            if data.ends_with('=') {
                data.pop();
            }
        }
    }
    let is_known = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/';
    if !data.bytes().all(is_known) {
        return (-2).into_js(&ctx);
    }
    if data.len() % 4 == 1 {
        return (-1).into_js(&ctx);
    }
    base64(data.as_bytes())
        .iter()
        .map(|&byte| char::from(byte))
        .collect::<String>()
        .into_js(&ctx)
}
