//! What a person types and sees.

#[path = "../binary/mod.rs"]
mod binary;

use binary::{command, rtest, run_folder};

#[test]
fn help_names_every_command_and_the_exit_codes() {
    let help = rtest(&["--help"]).exits(0);
    for word in [
        "run",
        "load",
        "validate",
        "schema",
        "explain",
        "ctl",
        "merge",
        "report",
        "sim",
        "proxy",
        "sample",
        "init",
        "doctor",
        "chaos",
        "completions",
        "Exit codes",
    ] {
        assert!(help.stdout.contains(word), "{word}");
    }
    assert!(
        !help.stdout.contains("reaper"),
        "an inner command is not shown"
    );
}

#[test]
fn a_wrong_command_or_flag_is_a_usage_error() {
    rtest(&["lod"]).exits(2).shows("load");
    rtest(&["run"]).exits(2).shows("<SUITE>");
    rtest(&["run", "suites/quickstart.yaml", "--report", "htm=x"])
        .exits(2)
        .shows("did you mean `html`?");
    rtest(&["load", "localhost:3000"]).exits(2).shows("RT0305");
    rtest(&["load", "http://127.0.0.1:1/", "--rate", "200"])
        .exits(2)
        .shows("did you mean `200/s`?");
    rtest(&["explain", "RT9999"])
        .exits(2)
        .shows("there is no code");
    rtest(&["report", "/nonexistent"])
        .exits(2)
        .shows("name a run's folder");
}

#[test]
fn a_missing_suite_is_named() {
    rtest(&["run", "suites/nope.yaml"])
        .exits(2)
        .shows("RT0001")
        .shows("suites/nope.yaml");
}

#[test]
fn every_shipped_suite_is_valid_and_names_its_schema() {
    let mut suites = vec!["validate".to_owned()];
    for folder in ["suites", "suites/broken"] {
        for entry in std::fs::read_dir(binary::root().join(folder)).expect("suites") {
            let path = entry.expect("readable").path();
            let hidden = path
                .file_name()
                .is_some_and(|name| name.to_string_lossy().starts_with('.'));
            if path
                .extension()
                .is_some_and(|extension| extension == "yaml")
                && !hidden
            {
                let text = std::fs::read_to_string(&path).expect("text");
                let first = text.lines().next().unwrap_or_default();
                assert!(
                    first.starts_with("# yaml-language-server: $schema="),
                    "{}",
                    path.display()
                );
                suites.push(path.display().to_string());
            }
        }
    }
    assert!(suites.len() > 4, "{suites:?}");
    let words: Vec<&str> = suites.iter().map(String::as_str).collect();
    let valid = rtest(&words).exits(0);
    assert_eq!(valid.stdout.lines().count(), suites.len() - 1);
}

#[test]
fn the_schema_that_is_shipped_is_the_schema_that_is_printed() {
    let printed = rtest(&["schema"]).exits(0).stdout;
    let shipped = std::fs::read_to_string(binary::root().join("reports/schema/suite.schema.json"));
    assert_eq!(
        printed,
        shipped.expect("shipped"),
        "rtest schema > reports/schema/suite.schema.json"
    );
}

#[test]
fn a_dry_run_shows_phases_requests_and_faults_and_starts_nothing() {
    let out = tempfile::tempdir().expect("a folder");
    let folder = out.path().display().to_string();
    rtest(&[
        "run",
        "suites/quickstart.yaml",
        "--dry-run",
        "--out",
        &folder,
    ])
    .exits(0)
    .shows("requests")
    .shows("fault ")
    .shows("storefront -> catalog")
    .shows("threshold ");
    assert_eq!(std::fs::read_dir(out.path()).expect("folder").count(), 0);
}

#[test]
fn every_code_is_explained() {
    let codes = rtest(&["explain"]).exits(0).stdout;
    assert!(codes.lines().count() > 20);
    rtest(&["explain", "rt0104"])
        .exits(0)
        .shows("duration: 20s");
    rtest(&["explain", "metrics"])
        .exits(0)
        .shows("http_req_duration");
}

#[test]
fn completions_are_made_for_each_shell() {
    for shell in ["bash", "zsh", "fish"] {
        rtest(&["completions", shell]).exits(0).shows("rtest");
    }
}

#[test]
fn doctor_looks_at_this_machine() {
    rtest(&["doctor"])
        .exits(0)
        .shows("open files")
        .shows("cores");
}

/// A newcomer's first minute: `init`, then the commands of the workflow that it
/// wrote, but for its first, which installs rtest.
#[test]
fn the_suite_that_init_writes_passes_as_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path();
    let at = |words: &[&str]| {
        let output = command(words)
            .current_dir(here)
            .output()
            .expect("rtest starts");
        binary::Ran::from(output)
    };
    at(&["init"])
        .exits(0)
        .shows("wrote")
        .shows("next: rtest run");
    at(&["init"]).exits(0).shows("kept ");
    let workflow = std::fs::read_to_string(here.join(".github/workflows/rtest.yaml"));
    let workflow = workflow.expect("written");
    let steps: Vec<&str> = workflow
        .lines()
        .filter_map(|line| line.trim().strip_prefix("run: rtest "))
        .collect();
    assert_eq!(steps.len(), 2, "validate and run: {steps:?}");
    for step in steps {
        at(&step.split_whitespace().collect::<Vec<_>>()).exits(0);
    }
    assert!(here.join("rtest-results/junit.xml").is_file());
    let report = run_folder(&here.join("reports/out")).join("report.html");
    assert!(report.is_file());
}
