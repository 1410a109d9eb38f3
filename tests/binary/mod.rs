//! The built `rtest`, run as its users run it.
#![allow(dead_code)] // each pillar's tests use a part of it

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The repository's root: suites name their files from here.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// `rtest` with these words, in the repository's root, as in CI: no colours, no live progress.
pub(crate) fn command(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rtest"));
    command
        .args(words)
        .current_dir(root())
        .env("CI", "true")
        .env("NO_COLOR", "1")
        .env_remove("RTEST_SEED")
        .env_remove("RTEST_OUT")
        .env_remove("PACT_BROKER_BASE_URL")
        .env_remove("PACT_BROKER_USERNAME")
        .env_remove("PACT_BROKER_PASSWORD")
        .env_remove("PACT_BROKER_TOKEN")
        .stdin(Stdio::null());
    command
}

/// What a run of `rtest` gave.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    /// Both streams, for messages of assertions.
    pub(crate) fn text(&self) -> String {
        format!(
            "exit {}\n--- stdout\n{}\n--- stderr\n{}",
            self.code, self.stdout, self.stderr
        )
    }

    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}", self.text());
        self
    }

    #[track_caller]
    pub(crate) fn shows(self, words: &str) -> Self {
        let found = self.stdout.contains(words) || self.stderr.contains(words);
        assert!(found, "`{words}` is missing in\n{}", self.text());
        self
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// Runs to the end.
pub(crate) fn rtest(words: &[&str]) -> Ran {
    command(words).output().expect("rtest starts").into()
}

/// Runs a suite's text; its files are relative to the repository's root. The run's folder goes
/// into `out`.
pub(crate) fn run_suite(text: &str, out: &Path, more: &[&str]) -> Ran {
    let suite = write_suite(text);
    let (suite, out) = (
        suite.path().display().to_string(),
        out.display().to_string(),
    );
    rtest(&[&["run", &suite, "--out", &out], more].concat())
}

/// A suite file in the repository's root, so that its relative paths lead to the fixtures.
pub(crate) fn write_suite(text: &str) -> tempfile::NamedTempFile {
    let file = tempfile::Builder::new()
        .prefix(".suite-")
        .suffix(".yaml")
        .tempfile_in(root().join("suites"))
        .expect("the suites folder is writable");
    std::fs::write(file.path(), text).expect("written");
    file
}

/// The one run folder below `out`.
pub(crate) fn run_folder(out: &Path) -> PathBuf {
    let mut folders: Vec<PathBuf> = std::fs::read_dir(out)
        .expect("the run made its folder")
        .map(|entry| entry.expect("readable").path())
        .collect();
    assert_eq!(folders.len(), 1, "one run, one folder: {folders:?}");
    folders.remove(0)
}

/// Processes that carry this run's mark in their environment.
pub(crate) fn processes_of(run_id: &str) -> Vec<u32> {
    let mark = format!("RTEST_RUN_ID={run_id}");
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(pid) = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse().ok())
        else {
            continue;
        };
        let environ = std::fs::read(entry.path().join("environ")).unwrap_or_default();
        if environ
            .split(|byte| *byte == 0)
            .any(|variable| variable == mark.as_bytes())
        {
            found.push(pid);
        }
    }
    found
}
