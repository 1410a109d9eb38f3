//! What is said of tests that fail, whichever runner they are written for.

use std::path::PathBuf;

use rtest_core::Seed;
use rtest_runtime::{
    Chance, Finding, FindingKind, ProgramOptions, RuntimeErrorKind, SearchOptions, Strategy,
    run_program, search,
};
use tempfile::TempDir;

fn program(text: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("a.test.mjs");
    std::fs::write(&path, text).expect("written");
    (folder, path)
}

fn findings(text: &str) -> Vec<Finding> {
    let (_folder, path) = program(text);
    let options = ProgramOptions {
        chance: Chance::Forced(Vec::new()),
        ..ProgramOptions::new(Seed::new(1))
    };
    match run_program(&path, &options) {
        Ok(outcome) => outcome.findings,
        Err(error) => {
            assert!(matches!(error.kind, RuntimeErrorKind::Budget(_)), "{error}");
            error.outcome.expect("it ran").findings
        }
    }
}

fn failed(message: &str, place: &str) -> Finding {
    Finding {
        kind: FindingKind::Test,
        message: message.to_owned(),
        place: Some(place.to_owned()),
    }
}

const NODE: &str =
    "import { describe, it, test } from 'node:test'; import assert from 'node:assert';\n";

#[test]
fn each_failed_test_is_a_finding_of_its_own() {
    let text = "describe('cart', () => {
  it('adds', () => assert.strictEqual(1, 2));
  it('holds', () => {});
  it('removes', async () => { throw new RangeError('empty'); });
  it.todo('pays', () => assert.fail());
});
test('whole', async (t) => { await t.test('part', () => assert.ok(false, 'no part')); });
test('late', () => new Promise((resolve) => setTimeout(() => { throw new Error('later'); }, 5)));
test('never', () => new Promise(() => {}));";
    let found = findings(&format!("{NODE}{text}"));
    assert_eq!(
        found,
        [
            failed(
                "cart > adds: Expected values to be strictly equal:\n1 !== 2",
                "a.test.mjs:3:27"
            ),
            failed("cart > removes: RangeError: empty", "a.test.mjs:5:37"),
            failed("whole > part: no part", "a.test.mjs:8:64"),
            failed("late: Error: later", "a.test.mjs:9:70"),
            failed(
                "never: Promise resolution is still pending but the event loop has already resolved",
                "a.test.mjs:10:1"
            ),
        ]
    );
}

#[test]
fn a_failed_expectation_is_told_with_what_it_expected() {
    for import in [
        "import { describe, expect, test } from 'vitest';",
        "import { describe, expect, test } from '@jest/globals';",
    ] {
        let text = format!(
            "{import}\ndescribe('sum', () => {{ test('of two', () => expect(1).toBe(2)); }});\n\
             test('fine', () => {{}});"
        );
        let expected = failed(
            "sum > of two: expect(received).toBe(expected) // Object.is equality\nExpected: 2\nReceived: 1",
            "a.test.mjs:2:56",
        );
        assert_eq!(findings(&text), [expected], "{import}");
    }
}

#[test]
fn what_failed_is_told_and_not_what_it_therefore_left_behind() {
    let text = "import http from 'node:http';
test('answers', async () => {
  const server = http.createServer((request, response) => response.end('no'));
  await new Promise((resolve) => server.listen(0, resolve));
  assert.strictEqual(1, 2);
  server.close();
});";
    let found = findings(&format!("{NODE}{text}"));
    let [one] = found.as_slice() else {
        panic!("{found:?}");
    };
    assert_eq!(one.kind, FindingKind::Test);
    assert_eq!(one.place.as_deref(), Some("a.test.mjs:6:10"));
    // The leak alone is still told.
    let passes = format!("{NODE}{text}").replace("assert.strictEqual(1, 2);\n  server", "const");
    let passes = passes.replace("const.close()", "assert.ok(server)");
    let kinds: Vec<FindingKind> = findings(&passes).iter().map(|found| found.kind).collect();
    assert_eq!(kinds, [FindingKind::Leak]);
}

#[test]
fn an_error_that_comes_after_its_test_is_told() {
    let text = "test('ends', () => { setTimeout(() => { throw new Error('late'); }, 5); });\n\
                test('next', () => new Promise((resolve) => setTimeout(resolve, 20)));";
    let found = findings(&format!("{NODE}{text}"));
    let [one] = found.as_slice() else {
        panic!("{found:?}");
    };
    assert_eq!(one.kind, FindingKind::Test, "{one:?}");
    assert!(one.message.contains("Error: late"), "{one:?}");
}

#[test]
fn a_search_tells_failed_tests_apart_and_values_of_one_not() {
    let text = "test('one', () => assert.strictEqual(`v${Math.random()}`, 'w'));\n\
                test('two', () => assert.ok(Math.random() < 0.5));";
    let (_folder, path) = program(&format!("{NODE}{text}"));
    let options = SearchOptions {
        program: ProgramOptions::new(Seed::new(1)),
        runs: 20,
        strategy: Strategy::Random,
        shrink: false,
    };
    let search = search(&path, &options, &|| false).unwrap_or_else(|error| panic!("{error}"));
    let found: Vec<_> = (search.found.iter())
        .map(|found| (found.finding.kind, found.finding.place.clone(), found.runs))
        .collect();
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!(
        found[0],
        (FindingKind::Test, Some("a.test.mjs:2:26".to_owned()), 20)
    );
    assert!((1..20).contains(&found[1].2), "{found:?}");
}
