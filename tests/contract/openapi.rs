//! `contracts: [{ openapi: … }]` and `rtest contract openapi`.

use std::path::Path;

use crate::binary::{Ran, root, rtest, run_folder, run_suite};

const DOCUMENT: &str = "fixtures/sample/openapi.yaml";

/// The sample storefront held against its document; `{breaks}` is what is broken in it.
fn suite(breaks: &str) -> String {
    format!(
        "
name: documents
environment:
  services:
    catalog: {{ builtin: catalog }}
    storefront:
      builtin: {{ sample: storefront, breaks: [{breaks}] }}
      depends_on: [catalog]
contracts:
  - openapi: ../{DOCUMENT}
    provider: storefront
"
    )
}

/// The place of the first line of the document that has these words.
fn place(words: &str) -> String {
    let text = std::fs::read_to_string(root().join(DOCUMENT)).expect("shipped");
    let line = text.lines().position(|line| line.contains(words));
    format!("openapi.yaml:{}:", line.expect(words) + 1)
}

#[test]
fn the_sample_keeps_to_its_document_and_every_declared_answer_is_seen() {
    for seed in ["1", "2"] {
        let out = tempfile::tempdir().expect("a folder");
        run_suite(&suite(""), out.path(), &["--seed", seed])
            .exits(0)
            .shows("10 of 10 verified")
            .shows("9 of 9 declared answers seen");
    }
}

#[test]
fn a_renamed_field_is_shown_at_its_line_with_a_command_and_in_every_report() {
    let out = tempfile::tempdir().expect("a folder");
    let ran = run_suite(&suite("contract"), out.path(), &["--seed", "1"])
        .exits(1)
        .shows("response_schema_conformance")
        .shows("\"email\" is a required property")
        .shows("userEmail")
        .shows(&place("required: [id, name, email]"))
        .shows("curl -X POST 'http://127.0.0.1:")
        .shows(r#"--data-raw '{"name":"","email":""}'"#);
    assert!(ran.stdout.contains("8 of 10 verified"), "{}", ran.text());
    let folder = run_folder(out.path());
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).expect(name);
    let junit = read("junit.xml");
    for words in [
        "GET /users/{id}: valid requests",
        "GET /users/{id}: invalid requests",
    ] {
        assert!(junit.contains(words), "{words}: {junit}");
    }
    let json: serde_json::Value = serde_json::from_str(&read("report.json")).expect("JSON");
    let contracts = &json["rtest"]["contracts"];
    assert_eq!(contracts["coverage"].as_array().map(Vec::len), Some(5));
    let post = contracts["coverage"].as_array().expect("a list")[0].clone();
    assert_eq!(post["operation"], "POST /users");
    assert_eq!(post["answers"][0]["status"], "201");
    assert!(post["answers"][0]["seen"].as_u64() > Some(10), "{post}");
    assert!(read("report.html").contains("Coverage of"));
}

/// `rtest contract openapi` against a sample that is served on a port of its own.
fn openapi(words: &[&str]) -> Ran {
    rtest(&[&["contract", "openapi", DOCUMENT], words].concat())
}

#[test]
fn a_pattern_for_no_operation_and_a_check_that_there_is_not_are_said() {
    let out = tempfile::tempdir().expect("a folder");
    let out = out.path().display().to_string();
    let url = ["--provider-url", "http://127.0.0.1:9", "--out", &out];
    openapi(&[&url[..], &["--operation", "GET /prodcts*"]].concat())
        .exits(1)
        .shows("no operation matches `GET /prodcts*`")
        .shows("`GET /products/{id}` (getProduct)");
    openapi(&[&url[..], &["--check", "not_a_server_eror"]].concat())
        .exits(2)
        .shows("not_a_server_error");
    openapi(&url)
        .exits(3)
        .shows("cannot connect to the provider at 127.0.0.1:9");
}

#[test]
fn a_document_that_is_broken_is_a_failure_with_its_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("api.yaml");
    std::fs::write(
        &path,
        "openapi: 3.1.0\npaths:\n  /a: { $ref: '../b.yaml' }\n",
    )
    .expect("written");
    let out = folder.path().join("out");
    let words = |path: &Path| path.display().to_string();
    rtest(&[
        "contract",
        "openapi",
        &words(&path),
        "--provider-url",
        "http://127.0.0.1:9",
        "--out",
        &words(&out),
    ])
    .exits(1)
    .shows("RT0502")
    .shows("leads out of the document's folder")
    .shows("api.yaml:3:9");
}
