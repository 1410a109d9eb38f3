//! Formats of OpenAPI that JSON Schema does not have.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Whether text is of a format.
type Check = fn(&str) -> bool;

/// The formats that are checked beside those of JSON Schema. Numbers (`int32`, `int64`) are bounds
/// instead, see `dialect`.
pub(super) const CHECKED: &[(&str, Check)] = &[("byte", is_base64)];

fn is_base64(text: &str) -> bool {
    STANDARD.decode(text).is_ok()
}
