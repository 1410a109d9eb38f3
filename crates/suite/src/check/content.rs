//! What is in the files that a suite names.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rtest_core::{Code, Diagnostic};

use crate::check::Context;
use crate::check::reference::{Existing, path};
use crate::spanned::Spanned;

/// Bytes of a file at most.
const MAX_BYTES: u64 = 64 << 20;

/// Bytes of all files of a suite at most: a plan holds them in memory.
const MAX_TOTAL: u64 = 256 << 20;

/// The files of a suite that were read, each once.
#[derive(Debug, Default)]
pub(super) struct Content {
    files: BTreeMap<PathBuf, Arc<[u8]>>,
}

/// The bytes of a file.
pub(super) fn bytes(text: &Spanned<String>, cx: &mut Context<'_>) -> Option<Arc<[u8]>> {
    let path = path(text, Existing::File, cx)?;
    if let Some(bytes) = cx.content.files.get(&path) {
        return Some(Arc::clone(bytes));
    }
    let read_before: u64 = cx
        .content
        .files
        .values()
        .map(|bytes| bytes.len() as u64)
        .sum();
    let why = match read(&path) {
        Ok(bytes) if bytes.len() as u64 > MAX_BYTES => "it is larger than 64 MiB".to_owned(),
        Ok(bytes) if bytes.len() as u64 + read_before > MAX_TOTAL => {
            "with it the files of the suite are larger than 256 MiB".to_owned()
        }
        Ok(bytes) => {
            let bytes: Arc<[u8]> = bytes.into();
            cx.content.files.insert(path, Arc::clone(&bytes));
            return Some(bytes);
        }
        Err(error) => error.to_string(),
    };
    unusable(text, &why, cx);
    None
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
