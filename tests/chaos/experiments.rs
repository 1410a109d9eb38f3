//! Experiments of the Chaos Toolkit, run as they are.

use serde_json::Value;

use crate::binary::{Ran, command, rtest};

/// Runs the shipped experiment on a file, whose content is given.
fn experiment(content: &str, come_back: &str) -> (Ran, Value, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("file");
    let journal = folder.path().join("out/journal.json");
    std::fs::write(&file, content).expect("written");
    let shown = journal.display().to_string();
    let ran: Ran = command(&[
        "chaos",
        "run",
        "fixtures/chaostoolkit/file.json",
        "--journal-path",
        &shown,
    ])
    .env("FILE", &file)
    .env("COME_BACK", come_back)
    .output()
    .expect("rtest starts")
    .into();
    assert!(
        file.exists(),
        "it is back, whatever happened\n{}",
        ran.text()
    );
    let journal = std::fs::read(journal).expect("a journal");
    (ran, serde_json::from_slice(&journal).expect("JSON"), folder)
}

#[test]
fn an_experiment_whose_steady_state_holds_is_completed() {
    let (ran, journal, _folder) = experiment("well enough", "true");
    ran.exits(0)
        .shows("completed  Is the file missed while it is away?");
    assert_eq!(journal["status"], "completed");
    assert_eq!(journal["deviated"], false);
    let names = |list: &str| -> Vec<String> {
        let runs = journal[list].as_array().expect("a list").iter();
        runs.map(|run| run["activity"]["name"].as_str().expect("a name").to_owned())
            .collect()
    };
    assert_eq!(names("run"), ["move-it-away", "let-it-come-back"]);
    assert_eq!(names("rollbacks"), ["put-it-back"]);
}

#[test]
fn one_that_deviates_and_one_that_never_begins_fail() {
    let (ran, journal, _folder) = experiment("well", "false");
    ran.exits(1)
        .shows("DOES NOT HOLD  the-file-is-there")
        .shows("deviated");
    assert_eq!(journal["deviated"], true);
    let (ran, journal, _folder) = experiment("ill", "true");
    ran.exits(1).shows("DOES NOT HOLD  it-says-that-it-is-well");
    assert_eq!(journal["run"], serde_json::json!([]), "nothing was done");
}

#[test]
fn an_experiment_that_cannot_be_run_is_refused_before_anything_is_done() {
    rtest(&["chaos", "run", "fixtures/chaostoolkit/file.json"])
        .exits(2)
        .shows("configuration.file: the environment variable `FILE` is not set")
        .shows("nothing was started");
    rtest(&["chaos", "run", "suites/drill.yaml", "--allow", "x"])
        .exits(2)
        .shows("are of experiments");
    rtest(&["chaos", "run", "no-such.json"])
        .exits(2)
        .shows("cannot be read");
}

#[test]
fn what_is_of_suites_is_refused_of_an_experiment() {
    for flag in [
        "--report=html=x.html",
        "--control=127.0.0.1:0",
        "--fail-on-inconclusive",
    ] {
        rtest(&["chaos", "run", "fixtures/chaostoolkit/file.json", flag])
            .exits(2)
            .shows("is of suites, and this is an experiment");
    }
}
