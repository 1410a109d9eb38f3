//! Cases that stand in files of their own: the path under `cases` becomes what is in them.

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
    let Kind::Mapping(entries) = &mut root.kind else {
        return;
    };
    let node = entries.iter_mut().find(|(key, _)| key.text == "cases");
    let Some((_, node)) = node else { return };
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
    let shown = file.display().to_string();
    let parsed =
        read(file, &shown).and_then(|text| yaml::parse(&Source::new(&text, &shown), found));
    let mut root = match parsed {
        Ok(root) => root,
        Err(fatal) => {
            found.add(*fatal);
            return None;
        }
    };
    interpolate::resolve(&mut root, &inputs.variables, secrets, found);
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
