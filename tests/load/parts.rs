//! A load in parts: each a process of its own, together what one would send.

use crate::binary::{rtest, run_folder};
use crate::server::{OK, Server};

#[test]
fn merged_parts_are_the_whole_load_and_are_judged_as_one() {
    let server = Server::answering(OK);
    let parts = tempfile::tempdir().expect("a folder");
    let out = |name: &str| parts.path().join(name).display().to_string();
    let flags = |part: &'static str| {
        let (server, out) = (server.url(), out(&part.replace('/', "-")));
        let words = ["-c", "4", "--seed", "5", "--shard", part, "--out"];
        std::thread::spawn(move || {
            let load = ["load", &server, "-n", "100", "-t", "http_reqs count>=100"];
            // A part alone has too few requests for the threshold.
            rtest(&[&load, &words[..], &[&out]].concat());
            run_folder(out.as_ref())
        })
    };
    let running = [flags("0/2"), flags("1/2")];
    let folders = running.map(|part| part.join().expect("it ran"));
    let folders = folders.map(|folder| folder.display().to_string());
    let merged = out("merged");
    let json = out("merged.json");
    let report = format!("json={json}");
    rtest(&[
        "merge",
        &folders[1],
        &folders[0],
        "--out",
        &merged,
        "--report",
        &report,
    ])
    .exits(0)
    .shows("PASSED")
    .shows("100 of 100 offered");
    assert!(run_folder(merged.as_ref()).join("report.html").is_file());
    let json = std::fs::read(&json).expect("written");
    let json: serde_json::Value = serde_json::from_slice(&json).expect("JSON");
    assert_eq!(json["metrics"]["http_reqs"]["values"]["count"], 100.0);

    rtest(&["merge", &folders[0], "--out", &out("one")])
        .exits(2)
        .shows("missing");
    rtest(&["merge", "/nonexistent"])
        .exits(2)
        .shows("name the parts' folders");
}

#[test]
fn parts_without_a_common_seed_are_refused_before_they_run() {
    let server = Server::answering(OK);
    server.load(&["--shard", "0/2"]).exits(2).shows("--seed");
    server
        .load(&["--seed", "1", "--shard", "3/2"])
        .exits(2)
        .shows("there is no part 3 of 2");
}
