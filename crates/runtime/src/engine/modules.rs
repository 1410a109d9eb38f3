use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;

use super::source::{self, NoSource};
use crate::imports;

/// The files of a program: how a specifier leads to one, in which wrapping each is, and their
/// texts, for excerpts in error reports.
///
/// This is the only place where a program's wishes reach the file system, and it only reads
/// modules.
#[derive(Debug, Default)]
pub(crate) struct Modules {
    /// Looked up by path, never iterated.
    texts: HashMap<PathBuf, Rc<str>>,
    /// Of the files that neither extension nor package tells of; looked up by path, never iterated.
    written_as_modules: HashMap<PathBuf, bool>,
}

/// How a file wants to be run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// `require`, `module.exports`.
    CommonJs,
    /// `import`, `export`.
    Module,
    /// Data.
    Json,
}

impl Format {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::CommonJs => "commonjs",
            Self::Module => "module",
            Self::Json => "json",
        }
    }
}

impl Modules {
    /// The text of a module as the engine runs it, read once.
    ///
    /// # Errors
    /// Those of [`source::read`].
    pub(crate) fn text(&mut self, path: &Path) -> Result<Rc<str>, NoSource> {
        if let Some(text) = self.texts.get(path) {
            return Ok(text.clone());
        }
        let text: Rc<str> = source::read(path)?.into();
        self.texts.insert(path.to_owned(), text.clone());
        Ok(text)
    }

    /// Whether a module that was read has these words in it.
    pub(crate) fn mention(&self, words: &str) -> bool {
        self.texts.values().any(|text| text.contains(words))
    }

    /// A line of a module that was read, counted from 1.
    pub(crate) fn line(&self, path: &str, line: usize) -> Option<String> {
        let text = self.texts.get(Path::new(file_of(path)))?;
        text.lines()
            .nth(line.checked_sub(1)?)
            .map(ToOwned::to_owned)
    }

    /// In which wrapping a file is: by its extension, then by the nearest `package.json`, then by
    /// its syntax.
    pub(crate) fn format(&mut self, path: &Path) -> Option<Format> {
        match path.extension()?.to_str()? {
            "mjs" | "mts" => Some(Format::Module),
            "cjs" | "cts" => Some(Format::CommonJs),
            "json" => Some(Format::Json),
            "js" | "ts" => Some(match package_type(path).as_deref() {
                Some("module") => Format::Module,
                Some("commonjs") => Format::CommonJs,
                // Of packages Node does not guess.
                _ if path.iter().any(|folder| folder == "node_modules") => Format::CommonJs,
                _ if self.is_written_as_module(path) => Format::Module,
                _ => Format::CommonJs,
            }),
            _ => None,
        }
    }

    fn is_written_as_module(&mut self, path: &Path) -> bool {
        if let Some(known) = self.written_as_modules.get(path) {
            return *known;
        }
        let looks = |text: &Rc<str>| has_module_syntax(text) && imports::is_module(text);
        let is_module = self.text(path).is_ok_and(|text| looks(&text));
        self.written_as_modules.insert(path.to_owned(), is_module);
        is_module
    }
}

/// The file of a module's name. Behind it may be a query or a fragment (`?v=2`), by which a file is
/// several modules.
pub(crate) fn file_of(name: &str) -> &str {
    match name.find(['?', '#']) {
        Some(end) if !Path::new(name).is_file() => &name[..end],
        _ => name,
    }
}

fn names_folder(specifier: &str) -> bool {
    matches!(specifier.rsplit('/').next(), Some("" | "." | ".."))
}

/// A path without `.` and `..`, whether or not what it passes through is there.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            part => plain.push(part),
        }
    }
    plain
}

/// Where a relative or absolute specifier of an `import` leads: to that very file.
pub(crate) fn resolve_import(base: &Path, specifier: &str) -> Option<PathBuf> {
    if names_folder(specifier) {
        return None;
    }
    let path = plain(&base.parent()?.join(specifier));
    path.is_file().then(|| path.canonicalize().ok()).flatten()
}

/// Where a relative or absolute specifier of a `require` leads: to the file, the file with an
/// extension, or the folder's main file.
pub(crate) fn resolve_require(base: &Path, specifier: &str) -> Option<PathBuf> {
    let path = plain(&base.parent()?.join(specifier));
    let with = |suffix: &str| {
        let mut name = path.clone().into_os_string();
        name.push(suffix);
        PathBuf::from(name)
    };
    let main = package_json(&path)
        .and_then(|package| Some(path.join(package.get("main")?.as_str()?)))
        .unwrap_or_default();
    let candidates = [
        path.clone(),
        with(".js"),
        with(".json"),
        main,
        path.join("index.js"),
        path.join("index.json"),
    ];
    // What ends as a folder does is no file, nor one with an extension.
    let files = if names_folder(specifier) { 3 } else { 0 };
    candidates
        .into_iter()
        .skip(files)
        .find(|candidate| candidate.is_file())?
        .canonicalize()
        .ok()
}

/// What a folder's `package.json` says.
pub(super) fn package_json(folder: &Path) -> Option<serde_json::Value> {
    let text = std::fs::read_to_string(folder.join("package.json")).ok()?;
    serde_json::from_str(&text).ok()
}

/// The nearest `package.json` of a file, where it says that `.js` is an ES module.
pub(crate) fn module_package(path: &Path) -> Option<PathBuf> {
    let folder = path
        .ancestors()
        .skip(1)
        .find(|folder| package_json(folder).is_some())?;
    let is_module = package_type(path).as_deref() == Some("module");
    is_module.then(|| folder.join("package.json"))
}

fn package_type(path: &Path) -> Option<String> {
    let package = path.ancestors().skip(1).find_map(package_json)?;
    Some(package.get("type")?.as_str()?.to_owned())
}

/// Whether a `.js` or `.ts` file that nothing says the format of reads as a module: a line that begins
/// with an `import` or `export` declaration, or a top-level `await`.
fn has_module_syntax(text: &str) -> bool {
    text.lines().any(|line| {
        ["import", "export", "await"].iter().any(|keyword| {
            line.strip_prefix(keyword).is_some_and(|rest| {
                rest.starts_with([' ', '{', '*', '"', '\''])
                    && !rest.trim_start().starts_with(['=', '(', '.', ':'])
            })
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_a_module_by_extension_package_or_syntax() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            std::fs::write(&path, text).expect("written");
            path
        };
        let mut modules = Modules::default();
        let cases = [
            ("a.mjs", "", Some(Format::Module)),
            ("a.cjs", "import x from 'y'", Some(Format::CommonJs)),
            ("a.js", "const important = 1;", Some(Format::CommonJs)),
            ("b.js", "import x from './x.js';", Some(Format::Module)),
            ("c.js", "import('./x.js')", Some(Format::CommonJs)),
            ("q.js", "f(`\nimport x from 'y'\n`)", Some(Format::CommonJs)),
            ("d.js", "export const a = 1;", Some(Format::Module)),
            ("e.txt", "", None),
            ("a.mts", "", Some(Format::Module)),
            ("a.cts", "", Some(Format::CommonJs)),
            (
                "a.ts",
                "import type x from './x.ts';",
                Some(Format::CommonJs),
            ),
            (
                "b.ts",
                "import { type x } from './x.ts';",
                Some(Format::Module),
            ),
            ("c.ts", "export type A = 1;", Some(Format::CommonJs)),
            ("d.ts", "enum A {}", Some(Format::CommonJs)),
            ("e.tsx", "", None),
        ];
        for (name, text, format) in cases {
            let path = write(name, text);
            assert_eq!(modules.format(&path), format, "{name}");
        }
        write("pkg/package.json", r#"{ "type": "module" }"#);
        for name in ["pkg/lib/a.js", "pkg/lib/a.ts"] {
            let path = write(name, "let a = 1;");
            assert_eq!(modules.format(&path), Some(Format::Module), "{name}");
        }
    }

    #[test]
    fn require_finds_extensions_and_folders_and_import_only_files() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let folder = folder.path().canonicalize().expect("it exists");
        std::fs::create_dir(folder.join("lib")).expect("a folder");
        for name in ["a.js", "data.json", "lib/index.js"] {
            std::fs::write(folder.join(name), "").expect("written");
        }
        let base = folder.join("main.js");
        for (specifier, found) in [
            ("./a", Some("a.js")),
            ("./a.js", Some("a.js")),
            ("./data", Some("data.json")),
            ("./lib", Some("lib/index.js")),
            ("./lib/", Some("lib/index.js")),
            ("./nowhere/../a", Some("a.js")),
            ("./a/", None),
            ("./nope", None),
        ] {
            let expected = found.map(|name| folder.join(name));
            assert_eq!(resolve_require(&base, specifier), expected, "{specifier}");
        }
        assert_eq!(resolve_import(&base, "./a"), None);
        assert_eq!(resolve_import(&base, "./a.js/"), None);
        assert_eq!(resolve_import(&base, "./a.js"), Some(folder.join("a.js")));
    }
}
