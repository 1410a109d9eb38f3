//! `rtest contract verify`: a provider that is there, flags instead of a suite.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};

use super::binary::{Ran, command, rtest, run_folder};

/// The sample storefront, and its catalog, served by the binary; gone when dropped.
pub(super) struct Shop {
    pub(super) url: String,
    _served: [Served; 2],
}

struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn serve(words: &[&str]) -> (Served, String) {
    let mut child = command(words)
        .stderr(Stdio::piped())
        .spawn()
        .expect("rtest starts");
    let stderr = child.stderr.take().expect("piped");
    let mut lines = BufReader::new(stderr).lines();
    let line = lines.next().expect("a line").expect("text");
    let at = line.find("http://").expect("its address");
    let url = line[at..].split_whitespace().next().expect("a word");
    (Served(child), url.trim_end_matches('/').to_owned())
}

impl Shop {
    pub(super) fn open(breaks: &[&str]) -> Self {
        let (catalog, at) = serve(&["sample", "catalog"]);
        let mut words = vec!["sample", "storefront", "--catalog", &at];
        for broken in breaks {
            words.extend(["--break", broken]);
        }
        let (storefront, url) = serve(&words);
        Self {
            url,
            _served: [catalog, storefront],
        }
    }

    fn verify(&self, out: &Path, more: &[&str]) -> super::binary::Ran {
        let out = out.display().to_string();
        let words = [
            "contract",
            "verify",
            "fixtures/pacts",
            "--provider",
            "storefront",
            "--provider-url",
            &self.url,
            "--out",
            &out,
        ];
        rtest(&[&words[..], more].concat())
    }
}

fn states() -> tempfile::NamedTempFile {
    let file = tempfile::Builder::new().suffix(".yaml").tempfile();
    let file = file.expect("a file");
    let text = "user 7 exists: { http: { post: /users, json: { id: 7, name: Surya, email: s@example.com } } }\n";
    std::fs::write(file.path(), text).expect("written");
    file
}

#[test]
fn flags_do_what_a_suite_does_and_what_failed_last_is_tried_alone() {
    let shop = Shop::open(&[]);
    let out = tempfile::tempdir().expect("a folder");
    // Without what sets up the state of two of the eight.
    shop.verify(out.path(), &[])
        .exits(1)
        .shows("5 of 6 verified, 1 failed")
        .shows("\"user 7 exists\": { http: { post: /PATH");
    let states = states();
    let states = states.path().display().to_string();
    shop.verify(out.path(), &["--states", &states, "--last-failed"])
        .exits(0)
        .shows("web → storefront     1 of 1 verified")
        .shows("mobile → storefront  1 of 1 verified");
    shop.verify(out.path(), &["--states", &states, "--last-failed"])
        .exits(2)
        .shows("nothing failed in the last run");
    shop.verify(out.path(), &["--states", &states, "--jobs", "8"])
        .exits(0)
        .shows("6 of 6 verified");
}

#[test]
fn a_provider_that_broke_its_contract_is_red_in_every_report() {
    let shop = Shop::open(&["contract"]);
    let out = tempfile::tempdir().expect("a folder");
    let states = states();
    let states = states.path().display().to_string();
    shop.verify(
        out.path(),
        &["--states", &states, "--filter-consumer", "web"],
    )
    .exits(1)
    .shows("4 of 6 verified, 2 mismatched")
    .shows("likely renamed to `userEmail`");
    let folder = run_folder(out.path());
    let junit = std::fs::read_to_string(folder.join("junit.xml")).expect("written");
    assert_eq!(junit.matches("<failure").count(), 2, "{junit}");
    let json = std::fs::read_to_string(folder.join("report.json")).expect("written");
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let interactions = json["rtest"]["contracts"]["interactions"]
        .as_array()
        .expect("a list");
    assert_eq!(interactions.len(), 6);
    assert!(interactions.iter().all(|one| one["took_ms"].is_number()));
}

#[test]
fn what_cannot_be_meant_is_said_before_anything_is_asked() {
    let out = tempfile::tempdir().expect("a folder");
    let out = out.path().display().to_string();
    let verify = |more: &[&str]| {
        let words = ["contract", "verify", "--provider", "x", "--out", &out];
        rtest(&[&words[..], more].concat()).exits(2)
    };
    verify(&["fixtures/pacts", "--provider-url", "localhost"])
        .shows("not a usable URL")
        .shows("--provider-url");
    verify(&["no/such", "--provider-url", "http://127.0.0.1:9"]).shows("no/such");
    verify(&[
        "fixtures/pacts",
        "--provider-url",
        "http://127.0.0.1:9",
        "--filter-description",
        "(",
    ])
    .shows("regular expression");
    verify(&[
        "fixtures/pacts",
        "--provider-url",
        "http://127.0.0.1:9",
        "-H",
        "nonsense",
    ])
    .shows("Name: value");
}

#[test]
fn a_provider_that_is_not_there_has_broken_nothing() {
    let out = tempfile::tempdir().expect("a folder");
    let out = out.path().display().to_string();
    rtest(&[
        "contract",
        "verify",
        "fixtures/pacts",
        "--provider",
        "storefront",
        "--provider-url",
        "http://127.0.0.1:9",
        "--filter-no-state",
        "--out",
        &out,
    ])
    .exits(3)
    .shows("the provider `storefront` is not there")
    .shows("cannot connect to the provider at 127.0.0.1:9");
}

/// `rtest contract verify` of the shipped pacts against nobody.
fn against_nobody(more: &[&str]) -> Ran {
    let out = tempfile::tempdir().expect("a folder");
    let folder = out.path().display().to_string();
    let basic = [
        "contract",
        "verify",
        "fixtures/pacts",
        "--provider-url",
        "http://127.0.0.1:9",
        "--out",
        &folder,
    ];
    rtest(&[&basic, more].concat())
}

#[test]
fn what_means_nothing_of_contracts_is_no_flag_of_theirs() {
    for flag in ["--control=127.0.0.1:0", "--fail-on-inconclusive"] {
        against_nobody(&["--provider", "storefront", flag])
            .exits(2)
            .shows("unexpected argument");
    }
}

#[test]
fn a_state_that_nothing_sets_up_is_told_with_the_file_or_the_flag_to_add_it_to() {
    let shop = Shop::open(&[]);
    let out = tempfile::tempdir().expect("a folder");
    let states = out.path().join("states.yaml");
    std::fs::write(&states, "another: { nothing: true }").expect("written");
    let states = states.display().to_string();
    shop.verify(out.path(), &[])
        .exits(1)
        .shows("add to a file, and name it with `--states FILE`");
    shop.verify(out.path(), &["--states", &states])
        .exits(1)
        .shows("states.yaml`:");
}

#[test]
fn what_was_typed_is_told_by_its_flag() {
    let ran = against_nobody(&["--provider", "storefront", "--states", "nowhere.yaml"])
        .exits(2)
        .shows("--> --states:1:1\n1 | nowhere.yaml");
    assert!(!ran.text().contains("suite file"), "{}", ran.text());
    let ran = against_nobody(&["--provider", "Storefront"])
        .exits(1)
        .shows("`storefront` differs only in case")
        .shows("--> SOURCE:1:1");
    assert!(!ran.text().contains("command line"), "{}", ran.text());
}
