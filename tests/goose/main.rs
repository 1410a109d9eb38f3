//! `engine: goose`: told apart by a build that has none; as the own engine where there is one.

#[path = "../binary/mod.rs"]
mod binary;
#[cfg(feature = "goose")]
#[allow(dead_code)] // the tests of the load use the rest
#[path = "../load/server.rs"]
mod server;

use binary::write_suite;

/// A closed loop of goose's users on a target.
fn journey(target: &str, executor: &str) -> String {
    format!(
        "name: journey\nload:\n  target: {target}\n  scenarios:\n    browse:\n      engine: goose\n      {executor}\n      flow:\n        - get: /users\n          check: {{ status: 200 }}\n        - think: 5ms\n"
    )
}

#[cfg(not(feature = "goose"))]
#[test]
fn a_build_without_goose_says_how_to_make_one() {
    let suite = write_suite(&journey(
        "http://127.0.0.1:9",
        "executor: constant-vus\n      vus: 2\n      duration: 1s",
    ));
    let path = suite.path().display().to_string();
    for command in ["validate", "run"] {
        binary::rtest(&[command, &path])
            .exits(2)
            .shows("error[RT0311]: this build of rtest has no goose")
            .shows("--features goose");
    }
}

#[cfg(feature = "goose")]
mod with_goose {
    use std::net::TcpListener;
    use std::process::{Command, Stdio};

    use serde_json::Value;

    use super::*;
    use crate::binary::{Ran, command, run_folder, run_suite};
    use crate::server::{OK, Server, valid};

    const SECOND: &str = "executor: constant-vus\n      vus: 3\n      duration: 1s";
    const SIX: &str = "executor: per-vu-iterations\n      vus: 3\n      iterations: 2";
    const MARK: &str = "goose: closed loop, service time only";

    fn target(server: &Server) -> String {
        format!("http://{}", server.address)
    }

    #[test]
    fn its_requests_are_counted_and_every_report_says_what_their_times_mean() {
        let server = Server::answering(OK);
        let reports = tempfile::tempdir().expect("a folder");
        let at = |format: &str| format!("{format}={}", reports.path().join(format).display());
        let ran = valid(|| {
            server.requests.try_iter().for_each(drop);
            let out = tempfile::tempdir().expect("a folder");
            let flags = ["--report", &at("json"), "--report", &at("html")];
            run_suite(&journey(&target(&server), SECOND), out.path(), &flags)
        })
        .exits(0)
        .shows(MARK);
        // goose itself is not heard.
        for word in ["launched", "killswitch", "ERROR", "WARN"] {
            assert!(!ran.text().contains(word), "{}", ran.text());
        }
        let html = std::fs::read_to_string(reports.path().join("html")).expect("a report");
        assert!(html.contains(MARK));
        let json = std::fs::read(reports.path().join("json")).expect("a report");
        let json: Value = serde_json::from_slice(&json).expect("JSON");
        let scenario = &json["rtest"]["load"]["scenarios"][0];
        assert_eq!(scenario["engine"], "goose", "{scenario}");
        assert_eq!(scenario["service_time_only"], true);
        let completed = scenario["completed"].as_u64().expect("a number");
        let requests = server.requests.try_iter().filter(|it| !it.is_empty());
        assert_eq!(completed, requests.count() as u64);
        assert!(
            completed > 20,
            "{completed} iterations of 3 users in a second"
        );
    }

    #[test]
    fn a_target_that_fails_makes_the_run_red() {
        let broken = Server::answering(b"HTTP/1.1 500 Oops\r\ncontent-length: 0\r\n\r\n");
        let out = tempfile::tempdir().expect("a folder");
        let ran = run_suite(&journey(&target(&broken), SIX), out.path(), &[]);
        ran.exits(1).shows("FAILED").shows("500");
    }

    #[test]
    fn a_target_that_is_not_there_is_an_error_of_the_environment() {
        let free = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let address = free.local_addr().expect("bound");
        drop(free);
        let out = tempfile::tempdir().expect("a folder");
        let suite = journey(&format!("http://{address}"), SIX);
        let ran = run_suite(&suite, out.path(), &[]);
        ran.exits(3).shows("error[RT0405]");
    }

    #[test]
    fn a_part_of_a_load_is_not_for_goose() {
        let out = tempfile::tempdir().expect("a folder");
        let suite = journey("http://127.0.0.1:9", SIX);
        let flags = ["--shard", "1/2", "--seed", "7"];
        let ran = run_suite(&suite, out.path(), &flags);
        ran.exits(2).shows("goose cannot run a part of a load");
    }

    #[test]
    fn ctrl_c_ends_it_and_the_record_says_so() {
        let server = Server::answering(OK);
        let executor = "executor: constant-vus\n      vus: 2\n      duration: 1m";
        let suite = write_suite(&journey(&target(&server), executor));
        let out = tempfile::tempdir().expect("a folder");
        let (suite, folder) = (suite.path().display().to_string(), out.path().display());
        let child = command(&["run", &suite, "--out", &folder.to_string()])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("rtest starts");
        // Under way: beyond the one connection that shows that the target is there.
        for _ in 0..20 {
            server.requests.recv().expect("a request");
        }
        let pid = child.id().to_string();
        let interrupted = Command::new("kill").args(["-INT", &pid]).status();
        assert!(interrupted.expect("kill is a command").success());
        let ran = Ran::from(child.wait_with_output().expect("ended"));
        ran.exits(130).shows("INTERRUPTED");
        let events = run_folder(out.path()).join("record/events.jsonl");
        let events = std::fs::read_to_string(events).expect("a record");
        assert!(events.contains("\"interrupted\""), "the record says so");
    }
}
