//! What cases of a suite become.

use std::path::Path;
use std::time::Duration;

use rtest_core::plan::{CasePlan, CaseStepKind, CasesPlan, Extractor, Stage, Target};
use rtest_suite::Inputs;

fn cases(path: &Path) -> CasesPlan {
    let suite = rtest_suite::load(path, &Inputs::default()).expect("well formed");
    let plan = suite.plan(None, None).expect("it has cases");
    assert_eq!(plan.stages, [Stage::Cases]);
    plan.cases
}

fn every() -> Vec<CasePlan> {
    cases(Path::new("tests/suites/every-case.yaml")).cases
}

#[test]
fn a_case_has_its_target_tags_and_retries_and_else_the_only_service_that_speaks_http() {
    let cases = every();
    assert_eq!(
        (cases[0].tags.join(" "), cases[0].retries),
        ("all slow".to_owned(), 2)
    );
    assert!(
        matches!(&cases[0].target, Some(Target::Address { base_path, .. }) if base_path == "/v1")
    );
    assert_eq!(cases[1].target, Some(Target::Service("web".to_owned())));
    assert_eq!((cases[1].tags.len(), cases[1].retries), (0, 0));
    assert_eq!((cases[0].cookies, cases[1].cookies), (false, true));
    assert_eq!((cases[0].span.line, cases[0].span.column), (12, 7));
}

#[test]
fn steps_become_what_they_say_in_order() {
    let cases = every();
    let told: Vec<String> = cases[0]
        .steps
        .iter()
        .map(|step| step.kind.describe())
        .collect();
    assert_eq!(
        told,
        [
            "POST /users",
            "GET /users/{{ id }}",
            "PUT /users/1",
            "PATCH /users/1",
            "DELETE /users/1",
            "HEAD /users",
            "OPTIONS /users",
            "POST /photo",
            "sql db: select * from users where id = {{ id }}",
            "sql db: select count(*) from users",
            "redis cache: GET user:{{ id }}",
            "publish to orders of queue",
            "consume invoices-{{ id }} of queue",
            "wait 10ms",
        ]
    );
    let within: Vec<Option<Duration>> = cases[0].steps.iter().map(|step| step.within).collect();
    assert_eq!(within.iter().flatten().count(), 1);
    assert_eq!(within[1], Some(Duration::from_secs(5)));
    let CaseStepKind::Request(first) = &cases[0].steps[0].kind else {
        panic!("a request");
    };
    assert_eq!(
        (first.request.redirects, first.request.timeout),
        (0, Duration::from_secs(2))
    );
    assert_eq!(first.request.checks.len(), 9);
    assert!(first.schema.is_some());
    let snapshot = first.snapshot.as_ref().expect("it has one");
    assert_eq!(snapshot.path, Path::new("tests/suites/snapshots/user.snap"));
    assert_eq!(
        first.at_most.as_ref().map(|it| it.0),
        Some(Duration::from_millis(300))
    );
    let captures = &first.request.captures;
    assert_eq!(captures.len(), 4);
    assert!(matches!(
        &captures[1].from,
        Extractor::Header { regex: Some(_), .. }
    ));
    let CaseStepKind::Request(second) = &cases[0].steps[1].kind else {
        panic!("a request");
    };
    assert_eq!(
        (second.request.redirects, second.request.timeout),
        (10, Duration::from_secs(10))
    );
}

#[test]
fn cases_of_a_folder_are_read_in_the_order_of_names_and_keep_their_places() {
    let folder = tempfile::tempdir().expect("a folder");
    let write =
        |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("written");
    write(
        "suite.yaml",
        "name: s\nenvironment: { services: { web: { process: { command: [web] } } } }\ncases: cases\n",
    );
    std::fs::create_dir(folder.path().join("cases")).expect("made");
    write("cases/b.yaml", "- name: second\n  steps: [{ get: / }]\n");
    write(
        "cases/a.yml",
        "# first\n- name: first\n  steps: [{ get: / }]\n",
    );
    write("cases/notes.txt", "no case");
    let read = cases(&folder.path().join("suite.yaml")).cases;
    let names: Vec<&str> = read.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(names, ["first", "second"]);
    assert!(
        read[0].span.file.ends_with("cases/a.yml"),
        "{}",
        read[0].span
    );
    assert_eq!(read[0].span.line, 2);

    write("cases/b.yaml", "name: no list\n");
    let path = folder.path().join("suite.yaml");
    let found = rtest_suite::load(&path, &Inputs::default()).expect_err("no list of cases");
    assert!(
        found[0].to_string().contains("cases/b.yaml:1:1"),
        "{}",
        found[0]
    );
    write("suite.yaml", "name: s\ncases: nowhere\n");
    let found = rtest_suite::load(&path, &Inputs::default()).expect_err("nothing there");
    assert!(
        found[0]
            .to_string()
            .contains("there is no file or folder `nowhere`"),
        "{}",
        found[0]
    );
}

#[test]
fn a_case_may_run_beside_others_where_it_says_so_or_where_nothing_is_reset() {
    let folder = tempfile::tempdir().expect("a folder");
    let step = "steps: [{ get: /, expect: { status: 200 } }]";
    let list = format!(
        "- {{ name: a, {step} }}\n- {{ name: b, concurrent: true, {step} }}\n- {{ name: c, concurrent: false, {step} }}\n"
    );
    std::fs::write(folder.path().join("list.yaml"), list).expect("written");
    let plan = |reset: &str, cases: &str| {
        let suite = format!(
            "name: it\nenvironment: {{ services: {{ web: {{ builtin: catalog, reset: {reset} }} }} }}\ncases: {cases}\n"
        );
        let path = folder.path().join("suite.yaml");
        std::fs::write(&path, suite).expect("written");
        let plan = self::cases(&path);
        let may: Vec<bool> = plan.cases.iter().map(|case| case.concurrent).collect();
        (plan.jobs, may)
    };
    assert_eq!(plan("none", "list.yaml"), (1, vec![true, true, false]));
    assert_eq!(
        plan("restart", "{ jobs: 3, list: list.yaml }"),
        (3, vec![false, true, false])
    );
}
