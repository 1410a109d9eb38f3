//! Malformed suites and exactly what is said about them: `fixtures/malformed/NAME.yaml` beside
//! `NAME.err`. `RTEST_BLESS=1` writes the `.err` files anew.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use rtest_suite::Inputs;

const FOLDER: &str = "../../fixtures/malformed";

fn inputs(has_goose: bool) -> Inputs {
    let variables = [("HOST", "127.0.0.1"), ("API_TOKEN", "s3cret-token")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
    Inputs {
        variables: BTreeMap::from(variables),
        has_goose,
    }
}

/// What is said about the suite, as the command line prints it from the repository's root.
fn said(suite: &Path) -> Option<String> {
    let stem = suite.file_stem().and_then(|stem| stem.to_str());
    let has_goose = stem.is_some_and(|stem| stem.starts_with("goose-"));
    let diagnostics = rtest_suite::load(suite, &inputs(has_goose)).err()?;
    let shown: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
    Some(shown.join("\n\n").replace("../../", "") + "\n")
}

fn suites() -> Vec<PathBuf> {
    let mut suites: Vec<PathBuf> = fs::read_dir(FOLDER)
        .expect("the fixtures are beside the crates")
        .map(|entry| entry.expect("readable").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "yaml")
        })
        .collect();
    suites.sort();
    suites
}

#[test]
fn malformed_suites_are_told_everything_that_is_wrong_with_them() {
    let bless = std::env::var_os("RTEST_BLESS").is_some();
    let mut wrong = Vec::new();
    for suite in suites() {
        let golden = suite.with_extension("err");
        let Some(said) = said(&suite) else {
            wrong.push(format!("{} is accepted", suite.display()));
            continue;
        };
        if bless {
            fs::write(&golden, said).expect("writable");
        } else if fs::read_to_string(&golden).unwrap_or_default() != said {
            wrong.push(format!("{} differs; now:\n{said}", golden.display()));
        }
    }
    assert!(
        wrong.is_empty(),
        "{}\nRTEST_BLESS=1 accepts what is said now",
        wrong.join("\n")
    );
}

#[test]
fn every_golden_file_has_its_suite() {
    for entry in fs::read_dir(FOLDER).expect("the fixtures are beside the crates") {
        let path = entry.expect("readable").path();
        // Files that the suites name.
        if path.is_dir() {
            continue;
        }
        assert!(path.with_extension("yaml").exists(), "{}", path.display());
    }
}

#[test]
fn a_suite_that_is_not_there_is_an_error_that_names_it() {
    let errors = rtest_suite::load(Path::new("no/such.yaml"), &inputs(false)).expect_err("no file");
    assert_eq!(errors.len(), 1);
    let said = errors[0].to_string();
    assert!(said.starts_with("error[RT0001]"), "{said}");
    assert!(said.contains("no/such.yaml"), "{said}");
}
