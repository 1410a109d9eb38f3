//! Everything that Node's modules export is here, or is refused by its name; and the table in
//! `docs/RUNTIME.md` says so truly. `UPDATE_DOCS=1` writes the table anew.

mod node;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use rtest_core::Seed;
use rtest_runtime::{ProgramOptions, run_program};
use serde_json::{Map, Value};

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn found() -> Map<String, Value> {
    let options = ProgramOptions::new(Seed::new(1));
    let outcome = run_program(&here("tests/api/probe.js"), &options).expect("it runs");
    serde_json::from_slice(&outcome.stdout).unwrap_or_else(|error| {
        let stderr = String::from_utf8_lossy(&outcome.stderr);
        panic!("{error}: {stderr}")
    })
}

fn names(module: &Value, kind: &str) -> Vec<String> {
    let list = module[kind]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    list.iter()
        .filter_map(|name| Some(format!("`{}`", name.as_str()?)))
        .collect()
}

#[test]
fn nodes_names_are_those_of_node_20() {
    if !node::is_present("api") {
        return;
    }
    let (stdout, code) = node::run(&here("tests/api/names.js"));
    assert_eq!(code, 0);
    let stored = std::fs::read_to_string(here("tests/api/node20.json")).expect("it is there");
    let fresh: Value = serde_json::from_slice(&stdout).expect("JSON");
    let stored: Value = serde_json::from_str(&stored).expect("JSON");
    assert_eq!(stored, fresh);
}

#[test]
fn every_name_of_nodes_is_there_or_refused() {
    let missing: Vec<String> = found()
        .iter()
        .flat_map(|(name, module)| {
            let names = names(module, "missing");
            names.into_iter().map(move |key| format!("{name}: {key}"))
        })
        .collect();
    assert!(missing.is_empty(), "{missing:#?}");
}

/// The table, with a row for each module.
fn table() -> String {
    let mut text = String::from("| module | there | refused by name |\n|---|---|---|\n");
    let mut absent = Vec::new();
    for (name, module) in &found() {
        let refused = names(module, "refused");
        let there = names(module, "there");
        if module["module"] == "refused" || there.is_empty() {
            absent.push(format!("`{name}`"));
            continue;
        }
        let there = match refused.len() {
            0 => "everything".to_owned(),
            count if count < there.len() => "everything else".to_owned(),
            _ => there.join(" "),
        };
        let refused = if refused.is_empty() {
            "–".to_owned()
        } else {
            refused.join(" ")
        };
        writeln!(text, "| `{name}` | {there} | {refused} |").expect("a string takes text");
    }
    writeln!(
        text,
        "\nModules of which every use is refused by its name: {}.",
        absent.join(", ")
    )
    .expect("a string takes text");
    text
}

#[test]
fn the_table_in_the_docs_is_what_the_runtime_answers() {
    const BEGIN: &str = "<!-- api: begin -->\n";
    const END: &str = "<!-- api: end -->\n";
    let path = here("../../docs/RUNTIME.md");
    let docs = std::fs::read_to_string(&path).expect("docs/RUNTIME.md");
    let (before, rest) = docs.split_once(BEGIN).expect("where the table begins");
    let (written, after) = rest.split_once(END).expect("where the table ends");
    let table = table();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        let docs = format!("{before}{BEGIN}{table}{END}{after}");
        std::fs::write(&path, docs).expect("written");
        return;
    }
    assert!(written == table, "the table is now\n{table}");
}
