//! What of Node's library a program will load, told from its text before it runs. It is loaded into the
//! engine ahead, so that seeds do not load it one by one; Node has most of it loaded when it starts.
//!
//! It is a matter of the program's files alone, so that every run of a program, in a search or by
//! itself, begins with the same engine. What is named in a comment is loaded in vain; what a program
//! names by a variable is loaded when it asks for it.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::modules::{resolve_import, resolve_require};
use super::{packages, source};

/// What can be loaded before a program runs without its being able to tell: it does nothing yet
/// but define. In the order in which they are loaded.
const MODULES: &[&str] = &[
    "buffer",
    "diagnostics_channel",
    "dns",
    "dns/promises",
    "fs",
    "fs/promises",
    "http",
    "https",
    "net",
    "path",
    "perf_hooks",
    "querystring",
    "readline",
    "stream",
    "stream/consumers",
    "stream/promises",
    "stream/web",
    "string_decoder",
    "url",
    "zlib",
];

/// The global function that is as large as a module.
const FETCH: &str = "fetch";

/// The global that is a module's, and the module.
const PERFORMANCE: (&str, &str) = ("performance.", "perf_hooks");

/// Files that are looked at, at most, and how long they may be all together.
const MOST_FILES: usize = 2_000;
const MOST_BYTES: usize = 32 << 20;

/// What the program at `main`, whose text is this, will load: `MODULES` and `fetch`.
pub(crate) fn of(main: &Path, text: &str) -> Rc<[&'static str]> {
    struct Known {
        main: PathBuf,
        text: String,
        found: Rc<[&'static str]>,
    }
    thread_local! {
        static KNOWN: RefCell<Option<Known>> = const { RefCell::new(None) };
    }
    KNOWN.with_borrow_mut(|known| match known {
        Some(known) if known.main == main && known.text == *text => known.found.clone(),
        _ => {
            let found = Walk::default().from(main);
            *known = Some(Known {
                main: main.to_owned(),
                text: text.to_owned(),
                found: found.clone(),
            });
            found
        }
    })
}

/// A walk over a program's files.
#[derive(Default)]
struct Walk {
    seen: HashSet<PathBuf>,
    found: BTreeSet<&'static str>,
    bytes: usize,
}

impl Walk {
    fn from(mut self, main: &Path) -> Rc<[&'static str]> {
        let mut waiting = vec![main.to_owned()];
        while let Some(file) = waiting.pop() {
            if self.seen.len() >= MOST_FILES || !self.seen.insert(file.clone()) {
                continue;
            }
            let is_package = file.iter().any(|folder| folder == "node_modules");
            let Ok(text) = source::read(&file) else {
                continue; // running it tells
            };
            self.bytes += text.len();
            if self.bytes > MOST_BYTES {
                break;
            }
            // A package that speaks of `fetch` is often one that does without.
            if !is_package && text.contains("fetch(") {
                self.found.insert(FETCH);
            }
            if !is_package && text.contains(PERFORMANCE.0) {
                self.found.insert(PERFORMANCE.1);
            }
            for specifier in specifiers(&text) {
                let name = specifier.strip_prefix("node:").unwrap_or(specifier);
                if let Some(module) = MODULES.iter().find(|module| **module == name) {
                    self.found.insert(module);
                } else if let Some(file) = resolve(&file, specifier) {
                    waiting.push(file);
                }
            }
        }
        let all = MODULES.iter().chain([&FETCH]);
        all.filter(|name| self.found.contains(**name))
            .copied()
            .collect()
    }
}

fn resolve(base: &Path, specifier: &str) -> Option<PathBuf> {
    if specifier.starts_with(['.', '/']) {
        return resolve_require(base, specifier).or_else(|| resolve_import(base, specifier));
    }
    packages::resolve(base, specifier, true)
        .or_else(|_| packages::resolve(base, specifier, false))
        .ok()
}

/// What a text imports or requires by a name that stands in it.
fn specifiers(text: &str) -> impl Iterator<Item = &str> {
    ["require", "import", "from"]
        .into_iter()
        .flat_map(move |word| text.match_indices(word).map(move |(at, _)| at + word.len()))
        .filter_map(move |at| quoted(text[at..].trim_start_matches(['(', ' ', '\n'])))
}

/// The short text between the quotes that this begins with.
fn quoted(text: &str) -> Option<&str> {
    let quote = text.chars().next().filter(|it| matches!(it, '\'' | '"'))?;
    let (name, _) = text[1..].split_once(quote)?;
    (!name.is_empty() && name.len() <= 200 && !name.contains('\n')).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ProgramOptions, run_program};
    use rtest_core::Seed;

    /// Loading what leaves something to do is an error of the runtime's.
    #[test]
    fn each_module_is_loaded_without_leaving_anything_to_do() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let main = folder.path().join("main.js");
        for name in MODULES.iter().chain([&FETCH]) {
            let text = format!("require('{name}'); // or fetch(");
            let text = text.replace("require('fetch')", "typeof fetch");
            std::fs::write(&main, &text).expect("written");
            assert!(of(&main, &text).contains(name), "{name}");
            let outcome = run_program(&main, &ProgramOptions::new(Seed::new(1)));
            let outcome = outcome.unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(outcome.exit_code, 0, "{name}");
        }
    }

    #[test]
    fn what_a_text_names_is_found_however_it_asks_for_it() {
        let text = "import http from 'node:http'; import './a.js'\nexport * from \"b\"\n\
            const c = require( 'c' ), d = await import('d'), e = require(f), from = 'no', g = 'from';";
        let found: BTreeSet<_> = specifiers(text).collect();
        assert_eq!(
            found,
            BTreeSet::from(["node:http", "./a.js", "b", "c", "d"])
        );
    }

    #[test]
    fn modules_are_found_through_the_programs_files_and_packages() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            std::fs::write(&path, text).expect("written");
            path
        };
        write(
            "a.js",
            "const fs = require('node:fs'); require('./main.mjs')",
        );
        write("node_modules/pkg/package.json", r#"{ "main": "i.js" }"#);
        write("node_modules/pkg/i.js", "require('http'); fetch(url)");
        for (text, found) in [
            (
                "import './a.js'; import 'pkg'; const x = 1;",
                ["fs", "http"],
            ),
            (
                "import './a.js'; fetch('http://localhost/')",
                ["fs", "fetch"],
            ),
        ] {
            let main = write("main.mjs", text);
            assert_eq!(*of(&main, text), found);
        }
    }
}
