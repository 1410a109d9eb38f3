//! `rtest load`: honest numbers without a file, never green on a broken target.

#[path = "../binary/mod.rs"]
mod binary;

mod control;
mod flags;
mod parts;
mod server;
mod terminal;

use server::{OK, Server};

#[test]
fn a_url_is_enough() {
    let server = Server::answering(OK);
    let ran = server
        .load(&["--rate", "200/s", "--threshold", "max<2000"])
        .exits(0);
    for word in ["PASSED", "p50", "p95", "p99", "200"] {
        assert!(
            ran.stdout.contains(word),
            "{word} is missing in\n{}",
            ran.text()
        );
    }
}

#[test]
fn a_threshold_that_is_not_met_fails_and_points_at_its_flag() {
    let server = Server::answering(OK);
    server
        .load(&[
            "--rate",
            "200/s",
            "--threshold",
            "http_req_duration max<0.001",
        ])
        .exits(1)
        .shows("http_req_duration max<0.001")
        .shows("--threshold");
}

#[test]
fn all_500_fails_without_any_threshold() {
    let server = Server::answering(b"HTTP/1.1 500 Oops\r\ncontent-length: 0\r\n\r\n");
    server.load(&["--rate", "100/s"]).exits(1).shows("500");
}

#[test]
fn garbage_is_counted_as_what_it_is() {
    let server = Server::answering(b"\x00\xff not http at all\r\n\r\n");
    server.load(&["--rate", "50/s"]).exits(1).shows("protocol");
}

#[test]
fn a_percentile_of_too_few_samples_is_inconclusive_and_fails_only_when_asked() {
    let server = Server::answering(OK);
    let few = ["--rate", "50/s", "--threshold", "p(99)<2000"];
    server.load(&few).exits(0).shows("INCONCLUSIVE");
    server
        .load(&[&few[..], &["--fail-on-inconclusive"]].concat())
        .exits(4);
}

#[test]
fn secrets_appear_in_no_output() {
    let server = Server::answering(OK);
    let out = tempfile::tempdir().expect("a folder");
    let folder = out.path().display().to_string();
    let ran = server
        .load(&[
            "--vus",
            "1",
            "--out",
            &folder,
            "-H",
            "Authorization: Bearer s3cr3t-t0ken",
        ])
        .exits(0);
    assert!(!ran.text().contains("s3cr3t-t0ken"), "{}", ran.text());
    for file in walk(out.path()) {
        let text = String::from_utf8_lossy(&std::fs::read(&file).expect("readable")).into_owned();
        assert!(!text.contains("s3cr3t-t0ken"), "{}", file.display());
    }
}

#[test]
fn a_secret_with_quotes_and_backslashes_appears_in_no_file() {
    let server = Server::answering(OK);
    for secret in [r#"ab"cd\efgh"#, "ab'cdefgh", "name", "0000"] {
        let out = tempfile::tempdir().expect("a folder");
        let folder = out.path().display().to_string();
        let header = format!("Authorization: Bearer {secret}");
        let ran = server
            .load(&["--vus", "1", "--out", &folder, "-H", &header])
            .exits(0);
        let marked = secret.len() > 4; // the others are words that occur anyway
        assert!(!(marked && ran.text().contains(secret)), "{}", ran.text());
        for file in walk(out.path()).iter().filter(|_| marked) {
            let text =
                String::from_utf8_lossy(&std::fs::read(file).expect("readable")).into_owned();
            assert!(!text.contains(secret), "{}", file.display());
            assert!(
                !text.contains("cd\\\\efgh"),
                "as JSON escapes it: {}",
                file.display()
            );
        }
    }
}

#[test]
fn a_report_that_cannot_be_written_is_refused_before_anything_is_sent() {
    let server = Server::answering(OK);
    let folder = tempfile::tempdir().expect("a folder");
    let folder = format!("html={}", folder.path().display());
    for path in ["html=/proc/nope/x.html", "html=-", &folder] {
        let ran = server.load(&["--vus", "1", "--report", path]).exits(2);
        assert_eq!(ran.stdout, "", "{path}");
        assert!(
            ran.stderr.contains(&path["html=".len()..]),
            "{}",
            ran.text()
        );
    }
}

#[test]
fn reports_are_written_where_they_are_asked_for() {
    let server = Server::answering(OK);
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    let requests = [
        format!("html={}", path("deep/r.html")),
        format!("json={}", path("r.json")),
        format!("junit={}", path("r.xml")),
    ];
    let mut words = vec!["--vus", "2"];
    for request in &requests {
        words.extend(["--report", request]);
    }
    server.load(&words).exits(0);
    let json = std::fs::read(path("r.json")).expect("written");
    let json: serde_json::Value = serde_json::from_slice(&json).expect("JSON");
    let count = &json["metrics"]["http_reqs"]["values"]["count"];
    assert!(count.as_f64().is_some_and(|count| count > 0.0), "{count}");
    assert!(folder.path().join("deep/r.html").is_file() && folder.path().join("r.xml").is_file());
}

#[test]
fn progress_is_on_stderr_and_quiet_silences_it() {
    let server = Server::answering(OK);
    let ran = server.load(&["--vus", "1"]).exits(0);
    assert!(ran.stderr.contains("seed"), "{}", ran.text());
    let ran = server.load(&["--vus", "1", "--quiet"]).exits(0);
    assert_eq!(ran.stderr, "");
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            files.extend(walk(&path))
        } else {
            files.push(path)
        }
    }
    assert!(!files.is_empty());
    files
}
