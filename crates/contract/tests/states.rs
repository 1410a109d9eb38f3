//! Provider states: how they come to be, how they end, and what they keep apart.

mod stand_in;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rtest_core::Template;
use rtest_core::plan::{ContractPlan, InteractionKey, StateAction, StateChange};
use serde_json::{Value, json};
use stand_in::{Asked, Reply, StandIn, call, handlers, of_pacts, pact, plan, state, verify_at};

fn asks(description: &str, path: &str, states: Value) -> Value {
    json!({
        "description": description, "providerStates": states,
        "request": { "method": "GET", "path": path }, "response": { "status": 200 }
    })
}

fn command(words: &[&str]) -> StateAction {
    let words = words
        .iter()
        .map(|word| Template::parse(word).expect("well formed"));
    StateAction::Command {
        words: words.collect(),
        cwd: std::env::temp_dir(),
    }
}

async fn anything() -> StandIn {
    StandIn::start(|_| Reply::text(200, "")).await
}

#[tokio::test]
async fn what_a_state_gives_fills_what_comes_after_it_and_what_ends_it() {
    let provider = anything().await;
    let states = json!([{ "name": "a user", "params": { "name": "Surya" } }]);
    let (_folder, path) = pact("3.0.0", json!([asks("shows a user", "/users", states)]));
    let mut plan = plan(path);
    let mut user = state(
        "a user",
        [
            command(&["sh", "-c", "echo '{\"id\": 42}'"]),
            call(
                "POST",
                "/users/{{ id }}",
                Some(json!({ "name": "{{ name }}" })),
            ),
        ],
    );
    user.teardown = vec![call("DELETE", "/users/{{ id }}", None)];
    handlers(&mut plan).push(user);
    let done = verify_at(&provider.url, &plan).await;
    assert!(done.summary.passed(), "{:?}", done.events);
    assert_eq!(
        provider.lines(),
        ["POST /users/42", "GET /users", "DELETE /users/42"]
    );
    let body = provider.asked.lock().expect("unpoisoned")[0].body.clone();
    assert_eq!(&body[..], br#"{"name":"Surya"}"#);
    // Settled before the first, brought back after it.
    assert_eq!(done.resets, 2);
}

#[tokio::test]
async fn a_command_that_fails_says_why_and_what_was_begun_is_ended() {
    let provider = anything().await;
    let states = json!([{ "name": "first" }, { "name": "second" }]);
    let (_folder, path) = pact("3.0.0", json!([asks("both", "/", states)]));
    let mut plan = plan(path);
    let mut first = state("first", []);
    first.teardown = vec![call("DELETE", "/first", None)];
    let broken = command(&["sh", "-c", "echo no such table >&2; exit 3"]);
    handlers(&mut plan).extend([first, state("second", [broken])]);
    let done = verify_at(&provider.url, &plan).await;
    assert_eq!(
        done.failure(),
        "provider state `second`: `sh` ended with exit status: 3: no such table"
    );
    assert_eq!(provider.lines(), ["DELETE /first"]);
}

#[tokio::test]
async fn a_teardown_that_fails_fails_what_was_verified() {
    let provider = StandIn::start(|asked: &Asked| {
        let status = if asked.line.starts_with("DELETE") {
            500
        } else {
            200
        };
        Reply::text(status, "still referenced")
    })
    .await;
    let (_folder, path) = pact("3.0.0", json!([asks("x", "/", json!([{ "name": "s" }]))]));
    let mut plan = plan(path);
    let mut one = state("s", []);
    one.teardown = vec![call("DELETE", "/s", None)];
    handlers(&mut plan).push(one);
    let done = verify_at(&provider.url, &plan).await;
    assert_eq!(
        done.failure(),
        "after provider state `s`: `DELETE /s` was answered 500: still referenced"
    );
}

#[tokio::test]
async fn a_provider_is_told_of_states_as_pacts_verifiers_tell_it() {
    let provider = StandIn::start(|asked: &Asked| match asked.line.as_str() {
        "POST /_pact/states" => Reply::json(200, &json!({ "userId": 42 })),
        _ => Reply::text(200, ""),
    })
    .await;
    let interaction = json!({
        "description": "shows a user",
        "providerStates": [{ "name": "a user", "params": { "name": "Surya" } }],
        "request": { "method": "GET", "path": "/users/1", "generators": {
            "path": { "type": "ProviderState", "expression": "/users/${userId}" } } },
        "response": { "status": 200 }
    });
    let (_folder, path) = pact("3.0.0", json!([interaction]));
    let mut plan = plan(path);
    of_pacts(&mut plan).states.change = Some(StateChange {
        url: "/_pact/states".to_owned(),
        teardown: true,
    });
    let done = verify_at(&provider.url, &plan).await;
    assert!(done.summary.passed(), "{:?}", done.events);
    assert_eq!(
        provider.lines(),
        ["POST /_pact/states", "GET /users/42", "POST /_pact/states"]
    );
    let asked = provider.asked.lock().expect("unpoisoned").clone();
    let told = [&asked[0], &asked[2]]
        .map(|asked| serde_json::from_slice::<Value>(&asked.body).expect("JSON"));
    let expected = |action: &str| json!({ "consumer": "web", "state": "a user", "params": { "name": "Surya" }, "action": action });
    assert_eq!(told, [expected("setup"), expected("teardown")]);
}

/// A provider that takes its time and knows how many requests were under way at once.
async fn slow() -> (StandIn, Arc<AtomicUsize>) {
    let most = Arc::new(AtomicUsize::new(0));
    let (now, seen) = (AtomicUsize::new(0), Arc::clone(&most));
    let provider = StandIn::start(move |_| {
        let at_once = now.fetch_add(1, Ordering::SeqCst) + 1;
        seen.fetch_max(at_once, Ordering::SeqCst);
        #[allow(clippy::disallowed_methods)] // on a thread of the stand-in, which takes its time
        std::thread::sleep(Duration::from_millis(20));
        now.fetch_sub(1, Ordering::SeqCst);
        Reply::text(200, "")
    })
    .await;
    (provider, most)
}

fn many(states: &Value) -> Vec<Value> {
    let all = 0..24;
    all.map(|index| asks(&format!("asks {index}"), "/", states.clone()))
        .collect()
}

async fn at_most_at_once(states: Value, jobs: usize) -> usize {
    let (provider, most) = slow().await;
    let (_folder, path) = pact("3.0.0", json!(many(&states)));
    let mut plan = plan(path);
    of_pacts(&mut plan).jobs = jobs;
    handlers(&mut plan).push(state("s", []));
    let done = verify_at(&provider.url, &plan).await;
    assert_eq!(done.summary.verified, 24, "{:?}", done.summary);
    // Told in file order, whichever was done first.
    let told: Vec<&str> = (done.interactions().iter())
        .map(|one| one.description.as_str())
        .collect();
    let expected: Vec<String> = (0..24).map(|index| format!("asks {index}")).collect();
    assert_eq!(told, expected);
    most.load(Ordering::SeqCst)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn interactions_are_side_by_side_where_none_has_a_state() {
    let at_once = at_most_at_once(json!([]), 8).await;
    assert!((2..=8).contains(&at_once), "{at_once}");
    assert_eq!(at_most_at_once(json!([]), 1).await, 1);
    assert_eq!(at_most_at_once(json!([{ "name": "s" }]), 8).await, 1);
}

async fn selected(change: impl FnOnce(&mut ContractPlan)) -> Result<Vec<String>, String> {
    let provider = anything().await;
    let (_folder, path) = pact(
        "3.0.0",
        json!([
            asks("shows a user", "/1", json!([{ "name": "user 7 exists" }])),
            asks("shows a product", "/2", json!([])),
            asks("lists users", "/3", json!([{ "name": "no user" }]))
        ]),
    );
    let mut plan = plan(path);
    handlers(&mut plan).extend([state("user 7 exists", []), state("no user", [])]);
    change(&mut plan);
    let done = verify_at(&provider.url, &plan).await;
    match done.contracts_failed().first() {
        Some((message, _)) => Err((*message).to_owned()),
        None => Ok(provider.lines()),
    }
}

#[tokio::test]
async fn a_filter_leaves_what_fits_all_of_it() {
    let of_description = selected(|plan| {
        of_pacts(plan).select.description = Some("^shows".to_owned());
    });
    assert_eq!(
        of_description.await,
        Ok(vec!["GET /1".to_owned(), "GET /2".to_owned()])
    );
    let of_state = selected(|plan| of_pacts(plan).select.state = Some("^user".to_owned()));
    assert_eq!(of_state.await, Ok(vec!["GET /1".to_owned()]));
    let without = selected(|plan| of_pacts(plan).select.state = Some(String::new()));
    assert_eq!(without.await, Ok(vec!["GET /2".to_owned()]));
    let of_web = selected(|plan| of_pacts(plan).select.consumers = vec!["web".to_owned()]);
    assert_eq!(of_web.await.map(|all| all.len()), Ok(3));
    let only = selected(|plan| {
        of_pacts(plan).select.only = Some(vec![InteractionKey {
            consumer: "web".to_owned(),
            description: "lists users".to_owned(),
            states: vec!["no user".to_owned()],
        }]);
    });
    assert_eq!(only.await, Ok(vec!["GET /3".to_owned()]));
}

#[tokio::test]
async fn a_filter_that_fits_nothing_says_what_there_was() {
    let nothing = selected(|plan| {
        let select = &mut of_pacts(plan).select;
        select.description = Some("deletes".to_owned());
        select.consumers = vec!["web".to_owned()];
    });
    let message = nothing.await.expect_err("nothing fits");
    let (_, tail) = message
        .split_once("for pacts of ")
        .expect("what was looked for");
    assert_eq!(
        tail,
        "provider `storefront`, interactions of consumer `web`, described as /deletes/; \
         the 3 there are not selected: `shows a user` of `web`, `shows a product` of `web`, \
         `lists users` of `web`"
    );
    let broken = selected(|plan| of_pacts(plan).select.description = Some("(".to_owned()));
    let message = broken.await.expect_err("no expression");
    assert!(
        message.starts_with("`(` is not a regular expression"),
        "{message}"
    );
}

#[tokio::test]
async fn headers_of_the_plan_stand_for_those_of_the_contract() {
    let provider = anything().await;
    let mut interaction = asks("x", "/", json!([]));
    interaction["request"]["headers"] = json!({ "Authorization": "Bearer recorded", "X-A": "1" });
    let (_folder, path) = pact("3.0.0", json!([interaction]));
    let mut plan = plan(path);
    plan.headers = vec![("authorization".to_owned(), "Bearer mine".to_owned())];
    let done = verify_at(&provider.url, &plan).await;
    assert!(done.summary.passed());
    let asked = provider.asked.lock().expect("unpoisoned")[0].clone();
    assert_eq!(asked.headers["authorization"], "Bearer mine");
    assert_eq!(asked.headers["x-a"], "1");
}

#[tokio::test]
async fn a_pending_interaction_fails_nothing_and_is_nothing_verified() {
    let provider = StandIn::start(|_| Reply::text(500, "")).await;
    let pending = json!([{
        "type": "Synchronous/HTTP", "description": "to come", "pending": true,
        "request": { "method": "GET", "path": "/" }, "response": { "status": 200 }
    }]);
    let (_folder, path) = pact("4.0", pending);
    let done = verify_at(&provider.url, &plan(path)).await;
    assert_eq!((done.summary.pending, done.summary.mismatched), (1, 0));
    assert!(done.interactions()[0].pending);
    assert!(!done.summary.passed(), "nothing was verified");
}

#[tokio::test]
async fn xml_is_matched_as_such() {
    let provider = StandIn::start(|_| Reply {
        status: 200,
        headers: vec![("content-type", "application/xml".to_owned())],
        body: "<users><user id=\"7\"><name>Surya</name></user></users>".into(),
    })
    .await;
    let xml = |body: &str| {
        json!([{
            "description": "lists users", "request": { "method": "GET", "path": "/" },
            "response": {
                "status": 200, "headers": { "Content-Type": "application/xml" }, "body": body,
                "matchingRules": { "body": { "$.users.user['@id']": { "matchers": [{ "match": "type" }] } } }
            }
        }])
    };
    let (_folder, path) = pact(
        "3.0.0",
        xml("<users><user id=\"1\"><name>Surya</name></user></users>"),
    );
    let done = verify_at(&provider.url, &plan(path)).await;
    assert!(done.summary.passed(), "{:?}", done.events);
    let (_folder, path) = pact(
        "3.0.0",
        xml("<users><user id=\"1\"><name>Ada</name></user></users>"),
    );
    let done = verify_at(&provider.url, &plan(path)).await;
    assert_eq!(done.summary.mismatched, 1, "{:?}", done.events);
    let mismatches = done.mismatches();
    assert!(mismatches[0].message.contains("Ada"), "{mismatches:?}");
}
