//! What stands in files of its own: the path under `cases` becomes the cases that are in it, the
//! path under `environment.compose` services, the path under a contract's `states` its states.

mod compose;

use std::path::{Path, PathBuf};

use rtest_core::{Code, Diagnostic, Secrets, Span};

use crate::diagnostics::Diagnostics;
use crate::node::{Kind, Node};
use crate::shape::wrong_type;
use crate::source::Source;
use crate::suite::{Inputs, read};
use crate::{interpolate, yaml};

/// Replaces the path under `cases`, if there is one.
pub(crate) fn cases(
    root: &mut Node,
    base: &Path,
    inputs: &Inputs,
    secrets: &mut Secrets,
    found: &mut Diagnostics,
) {
    let Some(mut node) = root.entry_mut("cases") else {
        return;
    };
    if matches!(node.kind, Kind::Mapping(_)) {
        let Some(list) = node.entry_mut("list") else {
            return;
        };
        node = list;
    }
    let Some(text) = node.scalar_text().map(str::to_owned) else {
        return;
    };
    let Some(files) = files(&base.join(&text), &text, &node.span, found) else {
        node.kind = Kind::Faulty;
        return;
    };
    let mut all = Vec::new();
    let mut is_complete = true;
    for file in files {
        match list(&file, inputs, secrets, found) {
            Some(cases) => all.extend(cases),
            None => is_complete = false,
        }
    }
    node.kind = if is_complete {
        Kind::Sequence(all)
    } else {
        Kind::Faulty
    };
}

/// The file, or the files of the folder by name.
fn files(path: &Path, shown: &str, span: &Span, found: &mut Diagnostics) -> Option<Vec<PathBuf>> {
    if path.is_file() {
        return Some(vec![path.to_owned()]);
    }
    let is_yaml = |path: &PathBuf| {
        let extension = path.extension().and_then(|it| it.to_str());
        path.is_file() && extension.is_some_and(|it| matches!(it, "yaml" | "yml"))
    };
    let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries.map(|it| it.path()).filter(is_yaml).collect();
    files.sort();
    if !files.is_empty() {
        return Some(files);
    }
    let message = if path.is_dir() {
        format!("there are no cases in `{shown}`")
    } else {
        format!("there is no file or folder `{shown}`")
    };
    found.add(
        Diagnostic::new(Code::MissingFile, message)
            .at(span)
            .hint("cases stand in `.yaml` files; paths are relative to the suite file"),
    );
    None
}

/// The cases of one file.
fn list(
    file: &Path,
    inputs: &Inputs,
    secrets: &mut Secrets,
    found: &mut Diagnostics,
) -> Option<Vec<Node>> {
    let root = tree(file, inputs, secrets, found)?;
    match root.kind {
        Kind::Sequence(cases) => Some(cases),
        _ => {
            wrong_type(
                &root,
                "a list of cases",
                Some("begin with `- name: …`"),
                found,
            );
            None
        }
    }
}

/// The tree of a file, with its variables filled in.
fn tree(
    file: &Path,
    inputs: &Inputs,
    secrets: &mut Secrets,
    found: &mut Diagnostics,
) -> Option<Node> {
    let shown = file.display().to_string();
    let parsed = read("suite", file, &shown)
        .and_then(|text| yaml::parse(&Source::new(&text, &shown), found));
    match parsed {
        Ok(mut root) => {
            interpolate::resolve(&mut root, &inputs.variables, secrets, found);
            Some(root)
        }
        Err(fatal) => {
            found.add(*fatal);
            None
        }
    }
}

/// Replaces the path under `states` of each contract.
pub(crate) fn states(
    root: &mut Node,
    base: &Path,
    inputs: &Inputs,
    secrets: &mut Secrets,
    found: &mut Diagnostics,
) {
    let Some(contracts) = root.entry_mut("contracts") else {
        return;
    };
    let Kind::Sequence(contracts) = &mut contracts.kind else {
        return;
    };
    for node in contracts.iter_mut().filter_map(|it| it.entry_mut("states")) {
        let Some(text) = node.scalar_text().map(str::to_owned) else {
            continue;
        };
        let path = base.join(&text);
        let read = if path.is_file() {
            tree(&path, inputs, secrets, found)
        } else {
            found.add(
                Diagnostic::new(Code::MissingFile, format!("there is no file `{text}`"))
                    .at(&node.span)
                    .hint("paths are relative to the suite file"),
            );
            None
        };
        node.kind = read.map_or(Kind::Faulty, |root| root.kind);
    }
}

/// Puts the services of the file under `environment.compose`, if there is one, among the suite's.
pub(crate) fn compose(
    root: &mut Node,
    base: &Path,
    inputs: &Inputs,
    secrets: &mut Secrets,
    found: &mut Diagnostics,
) {
    let Some(environment) = root.entry_mut("environment") else {
        return;
    };
    let Some(node) = environment.entry_mut("compose") else {
        return;
    };
    let span = node.span.clone();
    let Some(shown) = node.scalar_text().map(str::to_owned) else {
        return;
    };
    let path = base.join(&shown);
    if !path.is_file() {
        found.add(
            Diagnostic::new(Code::MissingFile, format!("there is no file `{shown}`"))
                .at(&span)
                .hint("paths are relative to the suite file"),
        );
        return;
    }
    let folder = Path::new(&shown).parent().unwrap_or(Path::new(""));
    let services = tree(&path, inputs, secrets, found)
        .and_then(|root| compose::services(&root, folder, &inputs.variables, found));
    if let Some(services) = services {
        compose::merge(services, environment, &span, found);
    }
}
