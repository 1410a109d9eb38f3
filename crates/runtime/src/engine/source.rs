//! From a program's file to the text that the engine runs: each step is a text's way to another, of
//! as many lines and as long ones, so that every place stays what it is in the file.

use std::collections::HashMap;
use std::convert::Infallible;
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use crate::imports::{self, Imports};
use crate::typescript::{self, Refused};

/// Texts of which something is kept, at most; beyond it that is made anew each time.
const MOST_BYTES: usize = 64 << 20;

/// Why a file gives the engine nothing to run.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoSource {
    /// It cannot be read, holds a NUL character, or is not UTF-8.
    #[error(transparent)]
    Unreadable(#[from] io::Error),
    /// Its types cannot be taken away.
    #[error(transparent)]
    Typed(#[from] Refused),
    /// Packages are expected to be JavaScript: Node leaves types alone there.
    #[error(
        "Stripping types is currently unsupported for files under node_modules, for \"{}\"",
        .0.display()
    )]
    TypedPackage(PathBuf),
}

/// The text of a file as the engine runs it.
///
/// # Errors
/// Where it cannot be read, or has no JavaScript below its types.
pub(crate) fn read(path: &Path) -> Result<String, NoSource> {
    let text = std::fs::read_to_string(path)?;
    if text.contains('\0') {
        let error = "it holds a NUL character";
        return Err(io::Error::new(io::ErrorKind::InvalidData, error).into());
    }
    // The engine takes a `#!` line only at the very start, which a wrapping moves.
    let text = match text.strip_prefix("#!") {
        Some(rest) => format!("//{rest}"),
        None => text,
    };
    let text = text.trim_start_matches('\u{feff}');
    match is_typescript(path) {
        true => without_types(path, text),
        false => Ok(text.to_owned()),
    }
}

fn is_typescript(path: &Path) -> bool {
    let extension = path.extension().and_then(OsStr::to_str);
    matches!(extension, Some("ts" | "mts" | "cts"))
}

fn without_types(path: &Path, text: &str) -> Result<String, NoSource> {
    if path.iter().any(|folder| folder == "node_modules") {
        return Err(NoSource::TypedPackage(path.to_owned()));
    }
    static STRIPPED: Kept<String> = Kept::new();
    Ok(STRIPPED.get(text, typescript::strip)?.to_string())
}

/// What a module's text imports.
pub(crate) fn imports(text: &str) -> Arc<Imports> {
    static IMPORTS: Kept<Imports> = Kept::new();
    let of = |text: &str| Ok::<_, Infallible>(imports::of(text));
    let Ok(imports) = IMPORTS.get(text, of);
    imports
}

/// What was made of texts, kept for the life of the process: a program is read anew for each seed.
struct Kept<T>(LazyLock<Mutex<Texts<T>>>);

struct Texts<T> {
    /// Looked up, never iterated.
    made: HashMap<Box<str>, Arc<T>>,
    bytes: usize,
}

impl<T> Kept<T> {
    const fn new() -> Self {
        Self(LazyLock::new(|| {
            Mutex::new(Texts {
                made: HashMap::new(),
                bytes: 0,
            })
        }))
    }

    fn get<E>(&self, text: &str, make: impl FnOnce(&str) -> Result<T, E>) -> Result<Arc<T>, E> {
        let texts = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(made) = texts().made.get(text) {
            return Ok(made.clone());
        }
        let made = Arc::new(make(text)?);
        let mut texts = texts();
        if texts.bytes + text.len() <= MOST_BYTES {
            texts.bytes += text.len();
            texts.made.insert(text.into(), made.clone());
        }
        Ok(made)
    }
}
