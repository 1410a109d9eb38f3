//! An OpenAPI document in memory: one JSON value, in which every reference is local, and the place
//! in its file of every part.

mod bundle;
mod error;
mod place;
mod source;
mod swagger;
mod walk;

use std::path::Path;

use rtest_core::Span;
use serde_json::{Map, Value};

pub(crate) use error::{UnreadableDocument, UnreadableKind};
pub(crate) use swagger::FORM;
pub(crate) use walk::keywords;

use crate::openapi::pointer::Pointer;
use source::Source;
use walk::FILES;

/// Most bytes that a document and the files that it refers to have, together.
pub(crate) const MAX_FILE: u64 = 64 << 20;

/// Most files that a document refers to.
pub(crate) const MAX_FILES: usize = 1_000;

/// Most references that lead from one to the next.
const MAX_CHAIN: usize = 32;

/// Stack of the thread that reads: enough for the deepest document that is taken.
const STACK: usize = 16 << 20;

/// The version of OpenAPI that a document is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Version {
    /// Swagger 2.0.
    V2,
    /// 3.0.x: schemas are in a dialect of their own.
    V3_0,
    /// 3.1.x: schemas are JSON Schema 2020-12.
    V3_1,
}

/// An OpenAPI document.
#[derive(Debug)]
pub(crate) struct Document {
    version: Version,
    /// Every `$ref` is `#` and a pointer into this value; files stand under [`FILES`].
    value: Value,
    /// The document's file, then those that it refers to.
    files: Vec<(String, Source)>,
}

impl Document {
    /// Reads a document and every file in its folder that it refers to.
    ///
    /// # Errors
    /// A file cannot be read, is too large, is not text, not JSON or YAML; it is not OpenAPI, or of
    /// a version that is not supported; a reference leads nowhere, out of the folder, or to a URL.
    pub(crate) fn read(path: &Path) -> Result<Self, UnreadableDocument> {
        let file = path.display().to_string();
        let panicked = |words: &str| {
            let words = words.to_owned();
            UnreadableKind::Panicked {
                file: file.clone(),
                words,
            }
            .nowhere()
        };
        // Nested values are read recursively.
        let read = std::thread::scope(|scope| {
            let thread = std::thread::Builder::new()
                .stack_size(STACK)
                .spawn_scoped(scope, || bundle::read(path).and_then(Self::of));
            match thread {
                Ok(thread) => thread.join().map_err(|_| panicked("it panicked")),
                Err(error) => Err(panicked(&error.to_string())),
            }
        });
        read?
    }

    fn of((value, files): bundle::Bundle) -> Result<Self, UnreadableDocument> {
        let mut document = Self {
            version: Version::V3_1,
            value,
            files,
        };
        document.version = document.read_version()?;
        if document.version == Version::V2 {
            swagger::gather_forms(&mut document.value);
        }
        if !document.value.get("paths").is_none_or(Value::is_object) {
            return Err(document.not_openapi(&["paths"], "`paths` is not an object"));
        }
        if document.value.get("paths").is_none() && document.value.get("webhooks").is_none() {
            return Err(document.not_openapi(&[], "it has no `paths`"));
        }
        Ok(document)
    }

    fn read_version(&self) -> Result<Version, UnreadableDocument> {
        let found = ["openapi", "swagger"]
            .into_iter()
            .find_map(|key| Some((key, self.value.get(key)?)));
        let Some((key, version)) = found else {
            let why = "it says neither `openapi: 3.…` nor `swagger: \"2.0\"`";
            return Err(self.not_openapi(&[], why));
        };
        let version = match version {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let mut parts = version.split('.');
        match (key, parts.next(), parts.next()) {
            ("openapi", Some("3"), Some("0")) => Ok(Version::V3_0),
            ("openapi", Some("3"), Some("1")) => Ok(Version::V3_1),
            ("swagger", Some("2"), _) => Ok(Version::V2),
            _ => {
                let span = self.span(&Pointer::root().join(key));
                Err(UnreadableKind::UnknownVersion(version).at(span))
            }
        }
    }

    fn not_openapi(&self, at: &[&str], why: &str) -> UnreadableDocument {
        let span = self.span(&Pointer::root().join_all(at));
        UnreadableKind::NotOpenApi(why.to_owned()).at(span)
    }

    pub(crate) fn version(&self) -> Version {
        self.version
    }

    /// The whole document.
    pub(crate) fn value(&self) -> &Value {
        &self.value
    }

    /// The document's file, as shown.
    pub(crate) fn file(&self) -> &str {
        &self.files[0].0
    }

    /// What stands at a place, references followed, and where it really stands.
    pub(crate) fn resolve(&self, at: &Pointer) -> Option<(Pointer, &Value)> {
        resolve(&self.value, at)
    }

    /// The object at a place, references followed, and where it really stands.
    pub(crate) fn object(&self, at: &Pointer) -> Option<(Pointer, &Map<String, Value>)> {
        let (at, value) = self.resolve(at)?;
        Some((at, value.as_object()?))
    }

    /// Where something stands: the file, line and column, or those of the nearest place around it.
    pub(crate) fn span(&self, at: &Pointer) -> Span {
        let mut steps = at.steps();
        if steps.next().as_deref() == Some(FILES)
            && let Some(name) = steps.next()
            && let Some((_, source)) = self.files.iter().find(|(known, _)| *known == name)
        {
            let around = Pointer::root().join_all(&[FILES, &name]);
            let inside = at.as_str().strip_prefix(around.as_str());
            let value = self.value.pointer(around.as_str());
            if let (Some(inside), Some(value)) = (inside.and_then(Pointer::parse), value) {
                return source.locate(value, &inside);
            }
        }
        self.files[0].1.locate(&self.value, at)
    }
}

/// What stands at a place of a bundled document, references followed; `None` where nothing does or
/// references lead around.
pub(crate) fn resolve<'v>(root: &'v Value, at: &Pointer) -> Option<(Pointer, &'v Value)> {
    let mut at = at.clone();
    for _ in 0..MAX_CHAIN {
        let value = root.pointer(at.as_str())?;
        let Some(reference) = value.get("$ref").and_then(Value::as_str) else {
            return Some((at, value));
        };
        at = Pointer::from_fragment(reference.strip_prefix('#')?)?;
    }
    None
}

#[cfg(test)]
mod tests;
