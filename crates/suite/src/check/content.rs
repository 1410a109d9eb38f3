//! What is in the files that a suite names.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::Arc;

use rtest_core::{Code, Diagnostic};

use crate::check::Context;
use crate::check::reference::{Existing, path};
use crate::spanned::Spanned;

/// Bytes of a file that a plan holds at most.
const MAX_BYTES: u64 = 64 << 20;

/// The bytes of a file.
pub(super) fn bytes(text: &Spanned<String>, cx: &mut Context<'_>) -> Option<Arc<[u8]>> {
    let path = path(text, Existing::File, cx)?;
    match read(&path) {
        Ok(bytes) if bytes.len() as u64 > MAX_BYTES => {
            unusable(text, "it is larger than 64 MiB", cx);
            None
        }
        Ok(bytes) => Some(bytes.into()),
        Err(error) => {
            unusable(text, &error.to_string(), cx);
            None
        }
    }
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // One byte more than is allowed, so that too much is noticed.
    File::open(path)?
        .take(MAX_BYTES + 1)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Reports a file that is there and cannot be used.
pub(super) fn unusable(text: &Spanned<String>, why: &str, cx: &mut Context<'_>) {
    let message = format!("`{}` cannot be used: {why}", text.value);
    cx.found
        .add(Diagnostic::new(Code::UnusableFile, message).at(&text.span));
}
