//! A load in parts: each a process of its own, together what one would send.

use std::path::Path;

use crate::binary::{rtest, run_folder};
use crate::server::{OK, Server, valid};

/// Runs both parts of a load of 100 requests, each below a folder of its own; the runs' folders.
fn parts(server: &Server, below: &Path) -> [String; 2] {
    let part = |part: &'static str| {
        let (server, out) = (server.url(), below.join(part.replace('/', "-")));
        let folder = out.display().to_string();
        std::thread::spawn(move || {
            let load = ["load", &server, "-n", "100", "-c", "4", "--seed", "5"];
            // A part alone has too few requests for the threshold.
            let judged = ["-t", "http_reqs count>=100", "--shard", part];
            rtest(&[&load, &judged[..], &["--out", &folder]].concat());
            run_folder(&out).display().to_string()
        })
    };
    let running = [part("0/2"), part("1/2")];
    running.map(|part| part.join().expect("it ran"))
}

#[test]
fn merged_parts_are_the_whole_load_and_are_judged_as_one() {
    let server = Server::answering(OK);
    let out = tempfile::tempdir().expect("a folder");
    let attempts = std::cell::Cell::new(0);
    let merged = valid(|| {
        attempts.set(attempts.get() + 1);
        let below = out.path().join(attempts.get().to_string());
        let folders = parts(&server, &below);
        let merged = below.join("merged").display().to_string();
        let json = format!("json={}", out.path().join("merged.json").display());
        let [first, second] = &folders;
        rtest(&["merge", second, first, "--out", &merged, "--report", &json])
    });
    merged.exits(0).shows("PASSED").shows("100 of 100 offered");
    let below = out.path().join(attempts.get().to_string());
    assert!(
        run_folder(&below.join("merged"))
            .join("report.html")
            .is_file()
    );
    let json = std::fs::read(out.path().join("merged.json")).expect("written");
    let json: serde_json::Value = serde_json::from_slice(&json).expect("JSON");
    assert_eq!(json["metrics"]["http_reqs"]["values"]["count"], 100.0);

    let one = run_folder(&below.join("0-2")).display().to_string();
    rtest(&["merge", &one]).exits(2).shows("missing");
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
