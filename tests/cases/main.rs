//! Integration cases of the built binary, against services that are really there.

#[path = "../binary/mod.rs"]
mod binary;

use std::path::Path;
use std::process::{Command, Stdio};

use binary::{rtest, run_folder, run_suite};

/// What the page `docs/CASES.md` begins with, over a Postgres that is a process.
const USERS: &str = "
name: users
environment:
  services:
    db:
      process: { command: [sh, ../fixtures/stores/postgres.sh] }
      protocol: postgres
      env: { POSTGRES_USER: shop, POSTGRES_DB: postgres }
      seed: ../fixtures/stores/users.sql
      reset: RESET
    users:
      process: { command: [sh, -c, 'PATH=$PATH:$(echo /usr/lib/postgresql/*/bin | tr \" \" :) exec node ../fixtures/stores/users.mjs'] }
      depends_on: [db]
      env: { DATABASE_URL: '{{ db.url }}', BROKEN: 'no' }
cases:
  - name: creates user in real DB
    tags: [users]
    steps:
      - post: /users
        json: { name: Surya }
        expect: { status: 201, json: { $.name: Surya } }
        capture: { id: $.id }
      - sql: { service: db, query: 'select name from users where id = {{ id }}', expect: [[Surya]] }
  - name: every case begins with what was seeded
    steps:
      - sql: { service: db, query: select count(*) from users, expect: 1 }
      - post: /users
        json: { name: \"O'Hara\" }
        capture: { id: $.id, name: $.name }
      - sql: { service: db, query: 'select id from users where name = {{ name }}', expect: '{{ id }}' }
        within: 5s
";

#[allow(clippy::print_stderr)] // to whoever runs the tests
fn has_postgres_and_node() -> bool {
    let found = Command::new("sh")
        .args(["-c", "ls /usr/lib/postgresql/*/bin/psql && command -v node"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    let found = found.is_ok_and(|status| status.success());
    if !found {
        eprintln!(
            "NOT TESTED HERE: there is no Postgres or no Node (apt-get install postgresql nodejs)"
        );
    }
    found
}

fn report(out: &Path) -> serde_json::Value {
    let json = std::fs::read(run_folder(out).join("report.json")).expect("written");
    serde_json::from_slice(&json).expect("JSON")
}

#[test]
fn a_user_is_created_in_a_real_database_and_every_case_begins_anew() {
    if !has_postgres_and_node() {
        return;
    }
    for reset in ["template", "truncate", "delete"] {
        let out = tempfile::tempdir().expect("a folder");
        run_suite(&USERS.replace("RESET", reset), out.path(), &[]).exits(0);
        let report = report(out.path());
        let cases = report["rtest"]["cases"].as_array().expect("cases");
        assert_eq!(cases.len(), 2);
        assert!(
            cases.iter().all(|case| case["status"] == "passed"),
            "{cases:?}"
        );
    }
}

#[test]
fn a_service_that_keeps_something_else_is_caught_at_the_line_with_rows_exchange_and_log() {
    if !has_postgres_and_node() {
        return;
    }
    let broken = USERS
        .replace("BROKEN: 'no'", "BROKEN: 'yes'")
        .replace("RESET", "truncate");
    let out = tempfile::tempdir().expect("a folder");
    let ran = run_suite(&broken, out.path(), &["--tag", "users"]).exits(1);
    let ran = ran
        .shows("step 2 of 2 does not hold: sql db: select name from users where id = {{ id }}")
        .shows(r#"expected: rows [["Surya"]]"#)
        .shows(r#"actual: rows [["SURYA"]]"#)
        .shows("$1 = \"2\"");
    ran.shows("creating Surya");
    let report = report(out.path());
    assert_eq!(
        report["rtest"]["cases"].as_array().expect("cases").len(),
        1,
        "the other has no tag"
    );
    let junit = std::fs::read_to_string(run_folder(out.path()).join("junit.xml")).expect("written");
    assert!(junit.contains("creates user in real DB"));
    let html =
        std::fs::read_to_string(run_folder(out.path()).join("report.html")).expect("written");
    assert!(html.contains("users printed meanwhile"));
}

#[test]
fn a_seed_that_is_refused_ends_the_run_before_its_dependents_start() {
    if !has_postgres_and_node() {
        return;
    }
    let seed = tempfile::Builder::new()
        .suffix(".sql")
        .tempfile()
        .expect("a file");
    std::fs::write(seed.path(), "create tabel users ()").expect("written");
    let suite = USERS.replace("RESET", "none");
    let suite = suite.replace(
        "../fixtures/stores/users.sql",
        &seed.path().display().to_string(),
    );
    let out = tempfile::tempdir().expect("a folder");
    let ran = run_suite(&suite, out.path(), &[]).exits(3);
    ran.shows(".sql:1:8: syntax error at or near \"tabel\"");
}

#[test]
fn the_shipped_cases_pass_and_the_broken_ones_are_caught() {
    let out = tempfile::tempdir().expect("a folder");
    let folder = out.path().display().to_string();
    rtest(&["run", "suites/cases.yaml", "--out", &folder]).exits(0);
    let caught = rtest(&["run", "suites/broken/cases.yaml", "--out", &folder]).exits(1);
    caught
        .shows("expected: $.email")
        .shows("suites/broken/cases.yaml:");
}

#[test]
fn cases_are_selected_by_name_tag_and_part() {
    let dry = |more: &[&str]| {
        let words = [&["run", "suites/cases.yaml", "--dry-run"], more].concat();
        let ran = rtest(&words).exits(0);
        let cases = ran.stdout.lines().filter(|line| line.starts_with("case "));
        cases.count()
    };
    assert_eq!(dry(&[]), 4);
    assert_eq!(dry(&["--tag", "users"]), 2);
    assert_eq!(dry(&["--case", "*looked up"]), 1);
    assert_eq!(dry(&["--case", "*", "--tag", "products"]), 1);
    assert_eq!(
        dry(&["--shard", "0/3"]) + dry(&["--shard", "1/3"]) + dry(&["--shard", "2/3"]),
        4
    );
    rtest(&["run", "suites/cases.yaml", "--tag", "usr"])
        .exits(2)
        .shows("there are: ");
}

#[test]
fn cases_run_beside_each_other_where_they_may_and_are_told_in_order() {
    let suite = "
name: side by side
environment: { services: { catalog: { builtin: catalog, reset: RESET } } }
cases:
  - { name: a, steps: [{ get: /products/7 }] }
  - { name: b, steps: [{ get: /products/7, expect: { json: { $.id: 8 } } }] }
  - { name: c, steps: [{ get: /products/7 }] }
";
    let names = |out: &Path| -> Vec<String> {
        let report = report(out);
        let cases = report["rtest"]["cases"].as_array().expect("cases").iter();
        cases
            .map(|case| case["name"].as_str().expect("a name").to_owned())
            .collect()
    };
    let out = tempfile::tempdir().expect("a folder");
    let ran = run_suite(
        &suite.replace("RESET", "none"),
        out.path(),
        &["--jobs", "3"],
    )
    .exits(1);
    ran.shows("ran beside `a`, `c`: what services printed may be of theirs")
        .shows("--jobs 3");
    assert_eq!(names(out.path()), ["a", "b", "c"]);
    let out = tempfile::tempdir().expect("a folder");
    let ran = run_suite(
        &suite.replace("RESET", "restart"),
        out.path(),
        &["--jobs", "3"],
    )
    .exits(1);
    let ran = ran.shows(
        "one after the other, not 3 at a time: the data of `catalog` is brought back before each",
    );
    assert!(!ran.stdout.contains("ran beside"), "{}", ran.stdout);
    assert_eq!(names(out.path()), ["a", "b", "c"]);
}

#[test]
fn a_snapshot_is_missing_then_written_then_compared() {
    let suite = "
name: snapshots
environment:
  services:
    catalog: { builtin: catalog }
cases:
  - name: a product stays as it is
    steps:
      - get: /products/ID
        expect: { snapshot: product }
";
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("suite.yaml");
    let shown = path.display().to_string();
    let out = folder.path().display().to_string();
    let run = |id: &str, more: &[&str]| {
        std::fs::write(&path, suite.replace("ID", id)).expect("written");
        rtest(&[&["run", &shown, "--out", &out], more].concat())
    };
    run("7", &[]).exits(1).shows("--update-snapshots");
    run("7", &["--update-snapshots"]).exits(0);
    run("7", &[]).exits(0);
    run("8", &[]).exits(1).shows("$.id as in ");
}
