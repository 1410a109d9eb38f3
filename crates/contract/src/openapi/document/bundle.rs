//! A document and the files that it refers to, as one value in which every reference is local.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use super::error::{UnreadableDocument, UnreadableKind};
use super::source::Source;
use super::walk::{self, FILES};
use super::{MAX_FILE, MAX_FILES};
use crate::openapi::pointer::Pointer;

/// The one value, and its files: the document's own, as shown, then the others by their names
/// under [`FILES`].
pub(super) type Bundle = (Value, Vec<(String, Source)>);

/// Reads a document and every file in its folder that it refers to.
pub(super) fn read(path: &Path) -> Result<Bundle, UnreadableDocument> {
    let shown = path.display().to_string();
    let (source, value) = Source::read(path, shown.as_str().into(), MAX_FILE)?;
    let size = path.metadata().map_or(0, |about| about.len());
    let mut bundling = Bundling {
        folder: path.parent().unwrap_or(Path::new("")).to_owned(),
        own_name: path.file_name().map(PathBuf::from).unwrap_or_default(),
        room: MAX_FILE.saturating_sub(size),
        values: vec![value],
        files: vec![(shown, source)],
        known: HashMap::new(),
        references: Vec::new(),
    };
    // Files are added while they are found.
    let mut at = 0;
    while at < bundling.values.len() {
        bundling.localise(at)?;
        at += 1;
    }
    bundling.into_one()
}

struct Bundling {
    /// The document's folder: what is outside of it is not read.
    folder: PathBuf,
    /// The document's file in its folder.
    own_name: PathBuf,
    /// Bytes that further files may have.
    room: u64,
    values: Vec<Value>,
    files: Vec<(String, Source)>,
    /// Files that were read, by their path in the folder; as an index of the lists above.
    known: HashMap<PathBuf, usize>,
    references: Vec<Reference>,
}

/// A reference that was made local.
struct Reference {
    /// In which file, and where in it.
    file: usize,
    at: Pointer,
    /// As it is written.
    written: String,
    to: Pointer,
}

impl Bundling {
    /// Makes every reference in a file local; files that are new are read.
    fn localise(&mut self, file: usize) -> Result<(), UnreadableDocument> {
        let mut value = std::mem::take(&mut self.values[file]);
        let result = walk::keywords(&mut value, &mut |members, trail| {
            let Some(Value::String(written)) = members.get("$ref") else {
                return Ok(());
            };
            let written = written.clone();
            let to = self.target(file, &written).map_err(|refused| {
                let at = trail.pointer().join("$ref");
                (at, written.clone(), refused)
            })?;
            let local = Value::String(format!("#{}", to.to_fragment()));
            members.insert("$ref".to_owned(), local);
            self.references.push(Reference {
                file,
                at: trail.pointer(),
                written,
                to,
            });
            Ok(())
        });
        let result = result.map_err(|(at, reference, refused)| match refused {
            Refused::Why(why) => {
                let span = self.files[file].1.locate(&value, &at);
                UnreadableKind::Reference { reference, why }.at(span)
            }
            Refused::Unreadable(mut error) => {
                let span = || self.files[file].1.locate(&value, &at);
                error.span.get_or_insert_with(span);
                *error
            }
        });
        self.values[file] = value;
        result
    }

    /// Where a reference in a file leads to, in the one value.
    fn target(&mut self, from: usize, written: &str) -> Result<Pointer, Refused> {
        let (file, fragment) = written.split_once('#').unwrap_or((written, ""));
        let inside = Pointer::from_fragment(fragment)
            .ok_or_else(|| Refused::why("is no JSON pointer: write `#/…`"))?;
        if file.is_empty() {
            return Ok(self.root_of(from).append(&inside));
        }
        if file.contains("://") || file.starts_with("//") || file.starts_with("urn:") {
            return Err(Refused::why(
                "is a URL, and nothing is fetched: save what it names in the document's folder",
            ));
        }
        let file = percent_decode_str(file).decode_utf8_lossy().into_owned();
        let path = self.in_folder(from, &file)?;
        if path == self.own_name {
            return Ok(inside);
        }
        let index = match self.known.get(&path) {
            Some(index) => *index,
            None => self.add(path)?,
        };
        Ok(self.root_of(index).append(&inside))
    }

    fn root_of(&self, file: usize) -> Pointer {
        match file {
            0 => Pointer::root(),
            _ => Pointer::root().join_all(&[FILES, &self.files[file].0]),
        }
    }

    /// A file as a path in the document's folder.
    fn in_folder(&self, from: usize, file: &str) -> Result<PathBuf, Refused> {
        let outside = || Refused::why("leads out of the document's folder");
        let around = match from {
            0 => None,
            _ => Path::new(&self.files[from].0).parent(),
        };
        let mut path = PathBuf::new();
        for part in around.unwrap_or(Path::new("")).join(file).components() {
            match part {
                Component::CurDir => {}
                Component::Normal(name) => path.push(name),
                Component::ParentDir if path.pop() => {}
                _ => return Err(outside()),
            }
        }
        // Links may lead out as well. A file that is not there is told of when it is opened.
        let real = |path: &Path| path.canonicalize().ok();
        let folder = match self.folder.as_os_str().is_empty() {
            true => Path::new("."),
            false => &self.folder,
        };
        match (real(folder), real(&self.folder.join(&path))) {
            (Some(folder), Some(file)) if !file.starts_with(&folder) => Err(outside()),
            _ => Ok(path),
        }
    }

    fn add(&mut self, path: PathBuf) -> Result<usize, Refused> {
        if self.files.len() > MAX_FILES {
            let error = UnreadableKind::TooManyFiles.nowhere();
            return Err(Refused::Unreadable(Box::new(error)));
        }
        let full = self.folder.join(&path);
        let shown = full.display().to_string();
        let (source, value) = Source::read(&full, shown.into(), self.room)
            .map_err(|error| Refused::Unreadable(Box::new(error)))?;
        self.room -= full
            .metadata()
            .map_or(0, |about| about.len())
            .min(self.room);
        let index = self.values.len();
        let name = path.to_string_lossy().into_owned();
        self.values.push(value);
        self.files.push((name, source));
        self.known.insert(path, index);
        Ok(index)
    }

    fn into_one(mut self) -> Result<Bundle, UnreadableDocument> {
        let mut values = self.values.drain(..);
        let mut one = values.next().unwrap_or_default();
        let others: Map<String, Value> = values
            .zip(&self.files[1..])
            .map(|(value, (name, _))| (name.clone(), value))
            .collect();
        if let (Value::Object(members), false) = (&mut one, others.is_empty()) {
            members.insert(FILES.to_owned(), Value::Object(others));
        }
        for reference in &self.references {
            if one.pointer(reference.to.as_str()).is_some() {
                continue;
            }
            let root = self.files[reference.file].0.clone();
            let value = match reference.file {
                0 => Some(&one),
                _ => one.get(FILES).and_then(|files| files.get(&root)),
            };
            let source = &self.files[reference.file].1;
            let at = reference.at.join("$ref");
            let span = source.locate(value.unwrap_or(&Value::Null), &at);
            let kind = UnreadableKind::Reference {
                reference: reference.written.clone(),
                why: "leads to nothing".to_owned(),
            };
            return Err(kind.at(span));
        }
        Ok((one, self.files))
    }
}

/// Why a reference is not followed.
enum Refused {
    Why(String),
    Unreadable(Box<UnreadableDocument>),
}

impl Refused {
    fn why(words: &str) -> Self {
        Self::Why(words.to_owned())
    }
}
