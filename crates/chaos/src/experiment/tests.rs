//! Experiments with real commands, and with a listener where a call is the subject.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::substitute::Variables;
use super::tolerance::Tolerance;
use super::*;

fn read_with(text: &Value, allowed: &[&str]) -> Result<Experiment, Vec<String>> {
    let environment = BTreeMap::from([
        ("API_TOKEN".to_owned(), "s3cret-token".to_owned()),
        ("PORT".to_owned(), "4711".to_owned()),
    ]);
    let allowed: BTreeSet<String> = allowed.iter().map(|it| (*it).to_owned()).collect();
    read(&text.to_string(), &environment, &allowed)
}

fn process(name: &str, script: &str) -> Value {
    json!({
        "type": "action",
        "name": name,
        "provider": { "type": "process", "path": "sh", "arguments": ["-c", script] },
    })
}

/// An experiment on a file: its steady state is that the file is there.
fn on_file(file: &Path, method: Value, rollbacks: Value) -> Value {
    let shown = file.display().to_string();
    json!({
        "title": "the file ${what}",
        "description": "stays",
        "configuration": { "what": "stays" },
        "steady-state-hypothesis": { "title": "there", "probes": [{
            "type": "probe",
            "name": "the file is there",
            "tolerance": 0,
            "provider": { "type": "process", "path": "test", "arguments": ["-e", shown] },
        }] },
        "method": method,
        "rollbacks": rollbacks,
    })
}

async fn play(text: &Value, cancel: &CancellationToken) -> (Value, Status) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let experiment = read_with(text, &[]).expect("a valid experiment");
    let (journal, status) = run(&experiment, "node", false, cancel, &|_| {}).await;
    let journal = serde_json::from_str(&journal.to_json()).expect("JSON");
    (journal, status)
}

#[tokio::test]
async fn an_experiment_holds_deviates_or_fails_and_rollbacks_come_once_the_method_has_begun() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("file");
    let path = file.display().to_string();
    let undo = json!([process("put it back", &format!("touch {path}"))]);
    let text = on_file(
        &file,
        json!([process("remove", &format!("rm -f {path}"))]),
        undo.clone(),
    );

    let (journal, status) = play(&text, &CancellationToken::new()).await;
    assert_eq!(status, Status::Failed, "it was not there to begin with");
    assert_eq!(journal["status"], "failed");
    assert_eq!(
        (&journal["run"], &journal["rollbacks"]),
        (&json!([]), &json!([]))
    );
    assert_eq!(
        journal["steady_states"]["before"]["probes"][0]["tolerance_met"],
        false
    );

    std::fs::write(&file, "").expect("written");
    let (journal, status) = play(&text, &CancellationToken::new()).await;
    assert_eq!(status, Status::Deviated);
    assert_eq!(
        (&journal["status"], &journal["deviated"]),
        (&json!("failed"), &json!(true))
    );
    assert_eq!(journal["steady_states"]["after"]["steady_state_met"], false);
    assert_eq!(journal["rollbacks"][0]["activity"]["name"], "put it back");
    assert!(file.exists(), "the rollback has put it back");

    let text = on_file(&file, json!([process("look", "echo seen; exit 3")]), undo);
    let (journal, status) = play(&text, &CancellationToken::new()).await;
    assert_eq!(status, Status::Completed);
    assert_eq!(journal["status"], "completed");
    let look = &journal["run"][0];
    assert_eq!(
        look["output"],
        json!({ "status": 3, "stdout": "seen\n", "stderr": "" })
    );
    assert_eq!(look["status"], "succeeded", "an exit code is an answer");
    for key in [
        "start",
        "end",
        "duration",
        "node",
        "platform",
        "chaoslib-version",
        "experiment",
    ] {
        assert!(!journal[key].is_null(), "{key}");
    }
}

#[tokio::test]
async fn activities_in_the_background_run_beside_the_others_and_keep_their_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("file");
    let sign = folder.path().join("sign").display().to_string();
    std::fs::write(&file, "").expect("written");
    // Each waits for the other: one after the other they would wait for ever.
    let mut waits = process(
        "waits",
        &format!("until [ -e {sign} ]; do sleep 0.01; done; echo met"),
    );
    waits["background"] = true.into();
    let method = json!([waits, process("signs", &format!("touch {sign}"))]);
    let (journal, _) = play(
        &on_file(&file, method, json!([])),
        &CancellationToken::new(),
    )
    .await;
    assert_eq!(journal["run"][0]["output"]["stdout"], "met\n");
    assert_eq!(journal["run"][1]["activity"]["name"], "signs");
}

#[tokio::test]
#[allow(clippy::disallowed_methods)] // how long it takes is the subject
async fn an_interrupt_breaks_off_and_rolls_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("file");
    let path = file.display().to_string();
    std::fs::write(&file, "").expect("written");
    let begun = folder.path().join("begun");
    let method = json!([
        process(
            "remove",
            &format!("rm {path}; touch {}; sleep 60", begun.display())
        ),
        process("never", "true"),
    ]);
    let text = on_file(
        &file,
        method,
        json!([process("undo", &format!("touch {path}"))]),
    );
    let cancel = CancellationToken::new();
    let interrupt = async {
        while !begun.exists() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        cancel.cancel();
    };
    let start = Instant::now();
    let ((journal, status), ()) = tokio::join!(play(&text, &cancel), interrupt);
    assert_eq!(status, Status::Interrupted);
    assert!(start.elapsed() < Duration::from_secs(20));
    assert_eq!(
        journal["run"].as_array().map(Vec::len),
        Some(1),
        "the second was not begun"
    );
    assert!(file.exists());
}

#[tokio::test]
async fn a_call_gives_status_headers_and_body_and_secrets_stay_out_of_the_journal() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("bound").port();
    let seen = Mutex::new(Vec::new());
    let serve = async {
        for _ in 0..3 {
            let (mut peer, _) = listener.accept().await.expect("a call");
            let mut request = vec![0; 4096];
            let read = peer.read(&mut request).await.expect("readable");
            let text = String::from_utf8_lossy(&request[..read]).into_owned();
            seen.lock().expect("no panic").push(text);
            let answer = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 25\r\n\r\n{\"up\":true,\"t\":[1,2,3.5]}";
            peer.write_all(answer.as_bytes()).await.expect("writable");
        }
    };
    let probe = json!({
        "type": "probe",
        "name": "up",
        "tolerance": { "type": "jsonpath", "path": "$.t[*]", "expect": [1, 2, 3.5], "target": "body" },
        "provider": {
            "type": "http",
            "url": format!("http://127.0.0.1:{port}/health"),
            "headers": { "Authorization": "Bearer ${token}" },
            "arguments": { "q": "a b" },
            "timeout": [1, 2],
        },
    });
    let text = json!({
        "title": "up", "description": "-",
        "secrets": { "api": { "token": { "type": "env", "key": "API_TOKEN" } } },
        "steady-state-hypothesis": { "title": "up", "probes": [probe] },
        "method": [{
            "type": "action", "name": "post",
            "provider": { "type": "http", "method": "post", "url": format!("http://127.0.0.1:{port}/"), "arguments": { "a": "1 2" } },
        }],
    });
    let cancel = CancellationToken::new();
    let ((journal, status), ()) = tokio::join!(play(&text, &cancel), serve);
    assert_eq!(status, Status::Completed, "{journal:#}");
    assert_eq!(journal["run"][0]["output"]["body"]["up"], true);
    assert!(!journal.to_string().contains("s3cret-token"), "{journal:#}");
    let seen = seen.into_inner().expect("no panic");
    assert!(
        seen[0].starts_with("GET /health?q=a+b HTTP/1.1"),
        "{}",
        seen[0]
    );
    assert!(
        seen[0]
            .to_ascii_lowercase()
            .contains("authorization: bearer s3cret-token")
    );
    assert!(
        seen[1].starts_with("POST / ") && seen[1].ends_with("a=1+2"),
        "{}",
        seen[1]
    );
}

#[test]
fn tolerances_are_those_of_chaostoolkit() {
    let http = json!({ "status": 200, "body": "ok: 7", "headers": {} });
    let variables = Variables::default();
    for (tolerance, output, admits) in [
        (json!(200), &http, true),
        (json!(201), &http, false),
        (json!([200, 201]), &http, true),
        (json!([1, 300]), &http, false),
        (json!([1, 5]), &json!(3), true),
        (json!([1, 5, 9]), &json!(3), false),
        (json!(true), &json!(true), true),
        (json!("up"), &json!("up"), true),
        (
            json!({ "type": "regex", "pattern": "^ok", "target": "body" }),
            &http,
            true,
        ),
        (
            json!({ "type": "regex", "pattern": "^no", "target": "body" }),
            &http,
            false,
        ),
        (
            json!({ "type": "range", "range": [1, 9.5] }),
            &json!("7"),
            true,
        ),
        (
            json!({ "type": "range", "range": [1, 9], "target": "body" }),
            &http,
            false,
        ),
        (
            json!({ "type": "jsonpath", "path": "$.status" }),
            &http,
            true,
        ),
        (
            json!({ "type": "jsonpath", "path": "$.nothing" }),
            &http,
            false,
        ),
        (
            json!({ "type": "jsonpath", "path": "$.status", "expect": 200 }),
            &http,
            true,
        ),
        (
            json!({ "type": "jsonpath", "path": "$.status", "expect": [201] }),
            &http,
            false,
        ),
        (
            json!({ "type": "jsonpath", "path": "$[*]", "count": 2 }),
            &json!("[1, 2]"),
            true,
        ),
        (
            json!({ "type": "jsonpath", "path": "$[*]", "count": 3 }),
            &json!("[1, 2]"),
            false,
        ),
    ] {
        let read = Tolerance::read(&tolerance, &variables).expect("a tolerance");
        assert_eq!(read.admits(output), admits, "{tolerance} of {output}");
    }
}

#[test]
fn variables_are_filled_as_by_pythons_template() {
    let variables = Variables(BTreeMap::from([
        ("name".to_owned(), json!("x")),
        ("n".to_owned(), json!(7)),
    ]));
    for (text, filled) in [
        ("${name}/$name/$n.", "x/x/7."),
        ("$$name ${other} $", "$name ${other} $"),
        ("${name", "${name"),
        ("é${n}é", "é7é"),
    ] {
        assert_eq!(variables.fill_text(text), filled);
    }
}

#[test]
fn everything_that_is_wrong_is_said_at_once_and_python_by_name() {
    let text = json!({
        "title": "",
        "configuration": { "host": { "type": "env", "key": "NOT_SET" } },
        "controls": [{ "name": "slack", "provider": { "type": "python", "module": "x" } }],
        "steady-state-hypothesis": { "title": "-", "probes": [
            { "type": "probe", "name": "pods", "tolerance": true, "provider": { "type": "python", "module": "chaosk8s.probes", "func": "all_healthy" } },
            { "type": "probe", "name": "far", "provider": { "type": "http", "url": "https://api.example/health" } },
            { "type": "probe", "name": "odd", "tolerance": { "type": "probe" }, "provider": { "type": "process", "path": "true" } },
        ] },
        "method": [{ "ref": "nobody" }, { "name": "x", "type": "wish", "provider": { "type": "smtp" } }],
    });
    let wrong = read_with(&text, &[]).expect_err("much is").join("\n");
    for said in [
        "the experiment needs `title`",
        "the experiment needs `description`",
        "configuration.host: the environment variable `NOT_SET` is not set",
        "the control `slack` is Python",
        "steady-state-hypothesis.probes[0] `pods`: the python provider is not supported (`chaosk8s.probes.all_healthy`)",
        "probes[1] `far`: `api.example` is outside of this machine; if that is meant: --allow api.example",
        "probes[1] `far`: a probe of the steady state needs a `tolerance`",
        "probes[2] `odd`: a tolerance that is itself a probe",
        "method[0]: there is no activity `nobody`",
        "method[1] `x`: its `type` is `probe` or `action`",
        "method[1] `x`: there is no provider `smtp`",
    ] {
        assert!(wrong.contains(said), "`{said}` is missing in\n{wrong}");
    }
    let far = json!({
        "title": "t", "description": "d",
        "method": [{ "type": "probe", "name": "far", "provider": { "type": "http", "url": "https://api.example/" } }],
    });
    read_with(&far, &["api.example"]).expect("allowed");
    for text in ["{", "[]", "7", "null", "\"x\""] {
        read(text, &BTreeMap::new(), &BTreeSet::new()).expect_err(text);
    }
}
