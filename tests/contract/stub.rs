//! `rtest contract stub`: contracts answer in the provider's place.

use std::io::{BufRead as _, BufReader, Lines};
use std::process::{Child, ChildStderr, Stdio};

use super::binary::{command, rtest};

/// A stub of contracts, until it is dropped.
struct StubOf {
    process: Child,
    url: String,
    log: Lines<BufReader<ChildStderr>>,
}

impl StubOf {
    fn start(source: &str) -> Self {
        let mut stub = command(&["contract", "stub", source]);
        let mut process = stub.stderr(Stdio::piped()).spawn().expect("rtest starts");
        let mut log = BufReader::new(process.stderr.take().expect("piped")).lines();
        let line = log.find_map(|line| line.ok().filter(|line| line.contains("http://")));
        let line = line.expect("it says where it listens");
        let url = line
            .split_whitespace()
            .find(|word| word.starts_with("http://"));
        let url = url.expect("an address").to_owned();
        Self { process, url, log }
    }
}

impl Drop for StubOf {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn the_stub_of_a_pact_verifies_against_it_and_tells_what_nobody_expects() {
    let source = "fixtures/pacts/web-storefront.json";
    let mut stub = StubOf::start(source);
    let out = tempfile::tempdir().expect("a folder");
    let states = out.path().join("states.yaml");
    std::fs::write(&states, "user 7 exists: { nothing: true }").expect("written");
    let (states, folder) = (
        states.display().to_string(),
        out.path().display().to_string(),
    );
    rtest(&[
        "contract",
        "verify",
        source,
        "--provider",
        "storefront",
        "--provider-url",
        &stub.url,
        "--states",
        &states,
        "--out",
        &folder,
    ])
    .exits(0)
    .shows("PASSED");
    let first = stub.log.next().expect("a line").expect("text");
    assert!(
        first.starts_with("200  GET /health  web: is the shop open ("),
        "{first}"
    );

    // The mobile app asks for what the web shop never did.
    rtest(&[
        "contract",
        "verify",
        "fixtures/pacts/mobile-storefront.json",
        "--provider",
        "storefront",
        "--provider-url",
        &stub.url,
        "--states",
        &states,
        "--out",
        &folder,
    ])
    .exits(1)
    .shows("no interaction matches");
    let told = stub
        .log
        .find_map(|line| line.ok().filter(|line| line.starts_with("500")));
    let told = told.expect("a line for what nobody expects");
    assert!(told.contains("nearest is web: "), "{told}");
}
