//! The oracle in the other direction: Node's own timers, immediates and ticks under the readings
//! of the clock that a run here made.

use std::path::Path;
use std::process::Command;

use rtest_runtime::ProgramOutcome;

/// Holds each run against Node: under the same readings, all of them and no more, it logs the
/// same lines in the same order.
pub(crate) fn check(program: &Path, runs: &[ProgramOutcome]) {
    let text = std::fs::read_to_string(program).expect("readable");
    let jobs: Vec<serde_json::Value> = runs
        .iter()
        .map(|run| serde_json::json!({ "text": text, "readings": run.trace.clock() }))
        .collect();
    let file = program.with_extension("json");
    std::fs::write(&file, serde_json::Value::from(jobs).to_string()).expect("written");
    let driver = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scripted_node/driver.js");
    let output = Command::new("node")
        .arg("--expose-internals")
        .arg(driver)
        .arg(&file)
        .output()
        .expect("node starts");
    let results: serde_json::Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    let results = results.as_array().expect("an array").clone();
    for (number, run) in runs.iter().enumerate() {
        let result = &results[number];
        let ours = String::from_utf8_lossy(&run.stdout);
        let theirs: Vec<&str> = result["lines"]
            .as_array()
            .expect("lines")
            .iter()
            .filter_map(|line| line.as_str())
            .collect();
        assert!(
            result["error"].is_null() && ours.lines().eq(theirs.iter().copied()),
            "run {number}: {}\nours   {}\nnode's {}\n{text}",
            result["error"],
            ours.replace('\n', " "),
            theirs.join(" ")
        );
    }
}
