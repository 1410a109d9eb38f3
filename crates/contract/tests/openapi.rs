//! Providers held against their documents: what is sent, and what is told.

mod stand_in;

use std::path::PathBuf;

use rtest_core::event::{InteractionOutcome, Mismatch, OperationCoverage};
use rtest_core::expectation::StatusMatch;
use rtest_core::plan::{ContractKind, ContractPlan, OpenApiCheck, OpenApiPlan, Target, TlsPlan};
use rtest_core::{EventKind, Span};
use serde_json::{Value, json};
use stand_in::{Asked, Reply, StandIn, Verified, marked, verify_at, verify_in};

const API: &str = r##"openapi: 3.1.0
info: { title: shop, version: 1.0.0 }
paths:
  /users/{id}:
    get:
      operationId: getUser
      security: [{ key: [] }]
      parameters:
        - { name: id, in: path, required: true, schema: { type: integer, minimum: 1, maximum: 2000000000 }, example: 7 }
        - { name: fields, in: query, schema: { type: array, items: { enum: [id, name] }, minItems: 1 } }
        - { name: X-Tenant, in: header, required: true, schema: { type: string, pattern: "^[a-z]{2,9}$" } }
      responses:
        200: { description: the user, content: { application/json: { schema: { $ref: "#/components/schemas/User" } } } }
        400: { description: invalid }
        401: { description: not let in }
        404: { description: not there }
  /users:
    post:
      operationId: createUser
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [name]
              properties:
                name: { type: string, minLength: 1, maxLength: 40 }
                tags: { type: array, items: { type: string }, maxItems: 4 }
                age: { type: integer, minimum: 0, maximum: 150 }
      responses:
        201: { description: made, headers: { Location: { required: true, schema: { type: string } } }, content: { application/json: { schema: { $ref: "#/components/schemas/User" } } } }
        400: { description: invalid }
components:
  securitySchemes: { key: { type: apiKey, in: header, name: X-Key } }
  schemas:
    User:
      type: object
      required: [id, name, email]
      properties: { id: { type: integer }, name: { type: string }, email: { type: string } }
"##;

fn user(id: i64, name: &str) -> Value {
    json!({ "id": id, "name": name, "email": "a@example.com" })
}

fn refused(status: u16) -> Reply {
    Reply::json(status, &json!({ "error": "refused" }))
}

/// A provider that keeps to [`API`].
fn good(asked: &Asked) -> Reply {
    let (method, target) = asked.line.split_once(' ').expect("a request line");
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    match (method, path.trim_start_matches('/').split_once('/')) {
        ("GET", Some(("users", id))) => get_user(asked, id, query),
        ("POST", None) if path == "/users" => post_user(asked),
        (_, Some(("users", _))) => not_allowed("GET"),
        (_, None) if path == "/users" => not_allowed("POST"),
        _ => refused(404),
    }
}

fn get_user(asked: &Asked, id: &str, query: &str) -> Reply {
    if asked.headers.get("x-key").map(String::as_str) != Some("secret") {
        return refused(401);
    }
    let tenant = asked.headers.get("x-tenant");
    let tenant = tenant.is_some_and(|name| {
        (2..=9).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_lowercase())
    });
    let mut fields = query
        .split('&')
        .filter_map(|pair| pair.strip_prefix("fields="));
    let fields = fields.all(|field| matches!(field, "id" | "name"));
    match id.parse() {
        Ok(id @ 1..=2_000_000_000) if tenant && fields => match id {
            7 => Reply::json(200, &user(7, "Surya")),
            _ => refused(404),
        },
        _ => refused(400),
    }
}

fn post_user(asked: &Asked) -> Reply {
    let body: Value = serde_json::from_slice(&asked.body).unwrap_or_default();
    let is_tags = |tags: &Value| {
        let tags = tags.as_array();
        tags.is_some_and(|tags| tags.len() <= 4 && tags.iter().all(Value::is_string))
    };
    let is_age = |age: &Value| {
        age.as_f64()
            .is_some_and(|age| age.fract() == 0.0 && (0.0..=150.0).contains(&age))
    };
    match body["name"]
        .as_str()
        .map(|name| (name, name.chars().count()))
    {
        Some((name, 1..=40))
            if body.get("tags").is_none_or(is_tags) && body.get("age").is_none_or(is_age) =>
        {
            let mut reply = Reply::json(201, &user(8, name));
            reply.headers.push(("location", "/users/8".to_owned()));
            reply
        }
        _ => refused(400),
    }
}

fn not_allowed(methods: &str) -> Reply {
    let mut reply = refused(405);
    reply.headers.push(("allow", methods.to_owned()));
    reply
}

struct Document {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

fn document(text: &str) -> Document {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("openapi.yaml");
    std::fs::write(&path, text).expect("written");
    Document {
        _folder: folder,
        path,
    }
}

fn plan(document: &Document) -> ContractPlan {
    ContractPlan {
        kind: ContractKind::OpenApi(OpenApiPlan::of(document.path.clone())),
        provider: "shop".to_owned(),
        target: Target::Service("shop".to_owned()),
        headers: vec![("X-Key".to_owned(), "secret".to_owned())],
        tls: TlsPlan::default(),
        faults: Vec::new(),
        degrades_to: None,
        span: Span::of_flag("suite", "openapi: openapi.yaml"),
    }
}

fn openapi(plan: &mut ContractPlan) -> &mut OpenApiPlan {
    match &mut plan.kind {
        ContractKind::OpenApi(openapi) => openapi,
        _ => panic!("a document"),
    }
}

async fn verified(answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Verified {
    let document = document(API);
    let provider = StandIn::start(answer).await;
    verify_at(&provider.url, &plan(&document)).await
}

/// What differs, over all interactions.
fn mismatches(verified: &Verified) -> Vec<Mismatch> {
    let interactions = verified.interactions().into_iter();
    let mismatches = interactions.filter_map(|result| match &result.outcome {
        InteractionOutcome::Mismatched(mismatches) => Some(mismatches.clone()),
        _ => None,
    });
    mismatches.flatten().collect()
}

fn coverage(verified: &Verified) -> Vec<&OperationCoverage> {
    let events = verified.events.iter().filter_map(|event| match event {
        EventKind::Coverage(coverage) => Some(&**coverage),
        _ => None,
    });
    events.collect()
}

/// The only mismatch of a check.
fn only(verified: &Verified, check: OpenApiCheck) -> Mismatch {
    let mut found = mismatches(verified);
    found.retain(|mismatch| mismatch.location.starts_with(check.name()));
    assert_eq!(found.len(), 1, "{found:#?}");
    found.remove(0)
}

/// What `GET /users/{id}` and `POST /users` come to under a fault, where the user is answered so.
async fn under_fault(
    declared: &str,
    degrades_to: Option<StatusMatch>,
    answer: impl Fn(&Asked) -> Option<Reply> + Send + Sync + 'static,
) -> Verified {
    let text = API.replace("        401: { description: not let in }\n", declared);
    assert_ne!(text, API, "the answer is declared");
    let document = document(&text);
    let provider = StandIn::start(move |asked| answer(asked).unwrap_or_else(|| good(asked))).await;
    let mut plan = plan(&document);
    plan.degrades_to = degrades_to;
    let verified = verify_in(&provider.url, &plan, |context| {
        context.under = Some("shop -> db down".to_owned());
    });
    let verified = verified.await;
    let told = verified.interactions();
    assert!(
        told.iter()
            .all(|one| one.under.as_deref() == Some("shop -> db down"))
    );
    let descriptions: Vec<&str> = told.iter().map(|one| one.description.as_str()).collect();
    assert_eq!(
        descriptions,
        [
            "POST /users: valid requests",
            "GET /users/{id}: valid requests"
        ]
    );
    assert!(coverage(&verified).is_empty(), "it was counted before");
    assert_eq!(told[0].outcome, InteractionOutcome::Verified);
    assert!(provider.lines().len() <= 6, "{:?}", provider.lines());
    verified
}

/// An answer to whoever asks for a user.
fn unavailable(status: u16, body: Value) -> impl Fn(&Asked) -> Option<Reply> {
    move |asked| {
        let is_user = asked.line.starts_with("GET /users/");
        is_user.then(|| Reply::json(status, &body))
    }
}

const UNAVAILABLE: &str = "        503: { description: later, content: { application/json: { schema: { type: object, required: [error] } } } }\n";

#[tokio::test]
async fn under_a_fault_an_operation_holds_or_degrades_to_an_error_that_is_declared() {
    let kept = under_fault(UNAVAILABLE, None, |_| None).await;
    assert_eq!((kept.summary.verified, kept.summary.degraded), (2, 0));

    let error = || json!({ "error": "no database" });
    let declared = under_fault(UNAVAILABLE, None, unavailable(503, error())).await;
    assert!(declared.summary.passed());
    let degraded = &declared.interactions()[1].outcome;
    let InteractionOutcome::Degraded(answer) = degraded else {
        panic!("it degrades: {degraded:?}");
    };
    assert_eq!(answer, "503 {\"error\":\"no database\"}");

    let by_plan = Some(StatusMatch::AnyOf(vec![502]));
    let by_plan = under_fault(UNAVAILABLE, by_plan, unavailable(502, error())).await;
    assert_eq!(
        (by_plan.summary.degraded, by_plan.summary.mismatched),
        (1, 0)
    );
}

#[tokio::test]
async fn under_a_fault_an_error_violates_where_it_is_not_declared_or_not_as_it_is() {
    let error = || json!({ "error": "no database" });
    let undeclared = under_fault(UNAVAILABLE, None, unavailable(502, error())).await;
    let found = only(&undeclared, OpenApiCheck::StatusCodeConformance);
    assert_eq!(found.expected, "200, 400, 503, 404");
    assert_eq!(undeclared.summary.mismatched, 1);

    let unlike = under_fault(UNAVAILABLE, None, unavailable(503, json!({}))).await;
    let found = only(&unlike, OpenApiCheck::ResponseSchemaConformance);
    assert!(found.message.contains("error"), "{}", found.message);

    let empty = under_fault(UNAVAILABLE, None, unavailable(200, json!({}))).await;
    assert_eq!((empty.summary.mismatched, empty.summary.degraded), (1, 0));
}

#[tokio::test]
async fn a_provider_that_keeps_to_its_document_is_verified() {
    let verified = verified(good).await;
    assert!(verified.summary.passed(), "{:#?}", mismatches(&verified));
    let told: Vec<_> = verified
        .interactions()
        .iter()
        .map(|result| (result.description.as_str(), result.outcome.clone()))
        .collect();
    let held = || InteractionOutcome::Verified;
    assert_eq!(
        told,
        [
            ("POST /users: valid requests", held()),
            ("POST /users: invalid requests", held()),
            ("GET /users/{id}: valid requests", held()),
            ("GET /users/{id}: invalid requests", held()),
        ]
    );
}

#[tokio::test]
async fn every_declared_status_is_sought_and_counted() {
    let verified = verified(good).await;
    let coverage = coverage(&verified);
    let seen = |operation: &str| -> Vec<(String, bool)> {
        let operation = coverage.iter().find(|one| one.operation == operation);
        let answers = operation.expect("covered").answers.iter();
        answers
            .map(|answer| (answer.status.clone(), answer.declared && answer.seen > 0))
            .collect()
    };
    let all = |statuses: &[&str]| -> Vec<(String, bool)> {
        statuses
            .iter()
            .map(|status| ((*status).to_owned(), true))
            .collect()
    };
    assert_eq!(seen("GET /users/{id}"), all(&["200", "400", "401", "404"]));
    assert_eq!(seen("POST /users"), all(&["201", "400"]));
}

#[tokio::test]
async fn one_seed_sends_the_same_requests() {
    let document = document(API);
    let mut lines = Vec::new();
    for _ in 0..2 {
        let provider = StandIn::start(good).await;
        verify_at(&provider.url, &plan(&document)).await;
        lines.push(provider.lines());
    }
    assert_eq!(lines[0], lines[1]);
    assert!(lines[0].len() > 60, "{}", lines[0].len());
}

#[tokio::test]
async fn a_renamed_field_is_shown_at_its_keyword_with_a_request_that_shows_it() {
    let verified = verified(|asked| {
        let mut reply = good(asked);
        let text = String::from_utf8_lossy(&reply.body).replace("email", "userEmail");
        reply.body = text.into();
        reply
    })
    .await;
    assert_eq!(verified.summary.mismatched, 2);
    let mismatch = &mismatches(&verified)[0];
    assert_eq!(mismatch.location, "response_schema_conformance body $");
    assert!(
        mismatch
            .message
            .contains("\"email\" is a required property"),
        "{}",
        mismatch.message
    );
    assert!(mismatch.actual.contains("userEmail"), "{}", mismatch.actual);
    assert_eq!(marked(&mismatch.span), "required");
    assert!(mismatch.span.text.contains("[id, name, email]"));
    // The smallest request that fails as well.
    let command = mismatch.reproduce.as_ref().expect("a command");
    assert!(
        command.ends_with(r#"--data-raw '{"name":"a"}'"#),
        "{command}"
    );
    assert!(command.contains("X-Key: [redacted]"), "{command}");
}

#[tokio::test]
async fn a_failure_is_found_and_made_small() {
    let verified = verified(|asked| {
        let body: Value = serde_json::from_slice(&asked.body).unwrap_or_default();
        let long = |tags: &Vec<Value>| tags.len() >= 2;
        match body["tags"].as_array().filter(|tags| long(tags)) {
            Some(_) if asked.line == "POST /users" => refused(500),
            _ => good(asked),
        }
    })
    .await;
    let found = mismatches(&verified);
    let of = |check: OpenApiCheck| {
        let mut found = found.iter();
        let of_check = found.find(|one| one.location.starts_with(check.name()));
        of_check.expect("found")
    };
    let mismatch = of(OpenApiCheck::NotAServerError);
    let command = mismatch.reproduce.as_ref().expect("a command");
    let small = r#"'{"name":"a","tags":["",""]}'"#;
    assert!(command.ends_with(small), "{command}");
    let message = &mismatch.message;
    assert!(message.contains("more requests"), "{message}");
    assert!(mismatch.actual.starts_with("500 with"), "{mismatch:?}");
    // 500 is not declared either.
    let undeclared = of(OpenApiCheck::StatusCodeConformance);
    assert_eq!(undeclared.expected, "201, 400");
}

#[tokio::test]
async fn an_invalid_request_that_is_accepted_names_its_fault() {
    let document = document(API);
    let provider = StandIn::start(|asked| {
        let body: Value = serde_json::from_slice(&asked.body).unwrap_or_default();
        match body["age"].as_i64() {
            Some(151..) => {
                let mut reply = Reply::json(201, &user(8, "x"));
                reply.headers.push(("location", "/users/8".to_owned()));
                reply
            }
            _ => good(asked),
        }
    })
    .await;
    let mut plan = plan(&document);
    openapi(&mut plan).examples = 200;
    let verified = verify_at(&provider.url, &plan).await;
    let mismatch = only(&verified, OpenApiCheck::NegativeDataRejection);
    let message = &mismatch.message;
    assert!(
        message.contains("`$.age` is above its most, 150"),
        "{message}"
    );
    assert_eq!(marked(&mismatch.span), "maximum: 150");
    // The fault is all that is left beside what is required.
    let command = mismatch.reproduce.expect("a command");
    let small = r#"'{"name":"a","age":151}'"#;
    assert!(command.ends_with(small), "{command}");
}

#[tokio::test]
async fn each_check_is_red_where_its_rule_is_broken() {
    type Change = fn(&Asked, Reply) -> Reply;
    let cases: [(OpenApiCheck, Change); 6] = [
        (OpenApiCheck::StatusCodeConformance, |_, mut reply| {
            reply.status = if reply.status == 201 {
                200
            } else {
                reply.status
            };
            reply
        }),
        (OpenApiCheck::ContentTypeConformance, |_, mut reply| {
            if reply.status == 201 {
                reply.headers[0].1 = "text/html".to_owned();
            }
            reply
        }),
        (OpenApiCheck::ResponseHeadersConformance, |_, mut reply| {
            reply.headers.retain(|(name, _)| *name != "location");
            reply
        }),
        (
            OpenApiCheck::PositiveDataAcceptance,
            |_, reply| match reply.status {
                201 => refused(400),
                _ => reply,
            },
        ),
        (
            OpenApiCheck::MissingRequiredHeader,
            |asked, reply| match asked.headers.contains_key("x-tenant") {
                false if asked.line.starts_with("GET") => Reply::json(200, &user(7, "Surya")),
                _ => reply,
            },
        ),
        (OpenApiCheck::UnsupportedMethod, |_, reply| {
            match reply.status {
                405 => refused(404),
                _ => reply,
            }
        }),
    ];
    for (check, change) in cases {
        let document = document(API);
        let provider = StandIn::start(move |asked| change(asked, good(asked))).await;
        let mut plan = plan(&document);
        openapi(&mut plan).checks = vec![check];
        let red = verify_at(&provider.url, &plan).await;
        assert!(red.summary.mismatched > 0, "{check}");
        let only_this = |mismatch: &Mismatch| mismatch.location.starts_with(check.name());
        assert!(mismatches(&red).iter().all(only_this), "{check}");
        // Without the check, it is not seen.
        openapi(&mut plan).checks = OpenApiCheck::select(&[], &[check]);
        let others = verify_at(&provider.url, &plan).await;
        assert!(!mismatches(&others).iter().any(only_this), "{check}");
    }
}

#[tokio::test]
async fn operations_are_selected_and_a_pattern_for_none_says_what_there_is() {
    let document = document(API);
    let provider = StandIn::start(good).await;
    let mut plan = plan(&document);
    openapi(&mut plan).operations = vec!["createUser".to_owned()];
    let verified = verify_at(&provider.url, &plan).await;
    assert!(verified.summary.passed());
    let only_that = |line: &String| line.ends_with("/users");
    assert!(
        provider.lines().iter().all(only_that),
        "{:?}",
        provider.lines()
    );

    openapi(&mut plan).operations = vec!["GET *".to_owned(), "DELETE *".to_owned()];
    let verified = verify_at(&provider.url, &plan).await;
    assert!(!verified.summary.passed());
    let (message, span) = verified.contracts_failed()[0];
    for words in [
        "RT0501",
        "`DELETE *`",
        "`GET /users/{id}` (getUser)",
        "`POST /users`",
    ] {
        assert!(message.contains(words), "{words}: {message}");
    }
    assert!(!message.contains("`GET *`"), "{message}");
    assert_eq!(&*span.file, "suite");
}

#[tokio::test]
async fn a_document_without_operations_or_that_cannot_be_read_is_a_failure() {
    let provider = StandIn::start(good).await;
    for (text, words, place) in [
        (
            "openapi: 3.1.0\npaths: {}\n",
            "the document has no operations",
            "",
        ),
        ("openapi: 3.1.0\npaths: [\n", "RT0502", "openapi.yaml:2:"),
        (
            "openapi: 9\npaths: {}\n",
            "`9` is not supported",
            "openapi.yaml:1:1",
        ),
    ] {
        let document = document(text);
        let verified = verify_at(&provider.url, &plan(&document)).await;
        assert_eq!(verified.summary.failed, 1, "{text}");
        let (message, span) = verified.contracts_failed()[0];
        assert!(message.contains(words), "{message}");
        assert!(span.to_string().contains(place), "{span}");
    }
    assert!(provider.lines().is_empty());
}

#[tokio::test]
async fn what_no_request_can_be_made_for_is_told_and_not_passed_over() {
    let document = document(
        "openapi: 3.1.0
paths:
  /xml:
    post:
      requestBody: { required: true, content: { application/xml: {} } }
      responses: { 200: { description: ok } }
  /never:
    get:
      parameters: [{ name: q, in: query, required: true, schema: { type: string, pattern: '^(?=x)y$' } }]
      responses: { 200: { description: ok } }
",
    );
    let provider = StandIn::start(good).await;
    let verified = verify_at(&provider.url, &plan(&document)).await;
    assert_eq!(
        (verified.summary.unsupported, verified.summary.failed),
        (1, 1)
    );
    assert!(!verified.summary.passed());
    let said: Vec<String> = verified
        .interactions()
        .iter()
        .map(|result| match &result.outcome {
            InteractionOutcome::Unsupported(why) | InteractionOutcome::Failed(why) => why.clone(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert!(said[0].contains("`application/xml`"), "{said:?}");
    assert!(said[1].contains("query parameter `q`"), "{said:?}");
}

#[tokio::test]
async fn a_provider_that_is_not_there_is_asked_once() {
    let document = document(API);
    let verified = verify_at("http://127.0.0.1:9", &plan(&document)).await;
    let why = verified.summary.unreachable.expect("nobody is there");
    assert!(why.contains("127.0.0.1:9"), "{why}");
    assert_eq!(verified.summary.failed, 2, "of the first operation");

    let there = StandIn::start(|_| refused(500)).await;
    let verified = verify_at(&there.url, &plan(&document)).await;
    assert_eq!(verified.summary.unreachable, None);
}

#[tokio::test]
async fn the_base_path_of_the_document_is_asked_unless_the_address_has_its_own() {
    let text = API.replace("paths:\n", "servers: [{ url: /api/v1 }]\npaths:\n");
    let document = document(&text);
    let provider = StandIn::start(|_| refused(404)).await;
    verify_at(&provider.url, &plan(&document)).await;
    verify_at(&format!("{}/other", provider.url), &plan(&document)).await;
    let lines = provider.lines();
    let under = |base: &str| {
        lines
            .iter()
            .filter(|line| line.contains(&format!(" {base}/users")))
            .count()
    };
    assert_eq!(under("/api/v1"), under("/other"));
    assert_eq!(under("/api/v1") * 2, lines.len());
}

#[tokio::test]
async fn answers_that_are_hostile_are_findings_and_nothing_worse() {
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let verified = verified(move |asked| {
        let mut reply = good(asked);
        if reply.status < 300 {
            reply.body = deep.clone().into();
        }
        reply
    })
    .await;
    let mismatches = mismatches(&verified);
    assert!(
        mismatches
            .iter()
            .all(|one| one.message.contains("not JSON")),
        "{mismatches:#?}"
    );
    assert_eq!(mismatches.len(), 2);
}

#[tokio::test]
async fn findings_beyond_those_that_are_told_are_counted() {
    let asked = std::sync::atomic::AtomicU16::new(450);
    let document = document(API);
    let provider =
        StandIn::start(move |_| refused(asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed)))
            .await;
    let mut plan = plan(&document);
    openapi(&mut plan).operations = vec!["createUser".to_owned()];
    openapi(&mut plan).checks = vec![OpenApiCheck::StatusCodeConformance];
    openapi(&mut plan).examples = 30;
    let verified = verify_at(&provider.url, &plan).await;
    let valid = &verified.interactions()[0].outcome;
    let InteractionOutcome::Mismatched(mismatches) = valid else {
        panic!("{valid:?}");
    };
    assert_eq!(mismatches.len(), 20);
    let last = &mismatches[19].message;
    assert!(
        last.ends_with("; 10 more findings are not listed"),
        "{last}"
    );
}

#[tokio::test]
async fn a_request_that_ends_the_connection_is_shown_beside_what_was_found_before() {
    let verified = verified(|asked| {
        let body: Value = serde_json::from_slice(&asked.body).unwrap_or_default();
        assert!(body.get("tags").is_none(), "the provider dies of it");
        good(asked)
    })
    .await;
    let found = mismatches(&verified);
    let unanswered = found.iter().find(|one| one.location == "answer");
    let unanswered = unanswered.expect("a request without an answer");
    assert!(
        unanswered.actual.contains("no whole answer"),
        "{unanswered:?}"
    );
    let command = unanswered.reproduce.as_ref().expect("a command");
    assert!(command.contains("tags"), "{command}");
}

#[tokio::test]
async fn what_nothing_verifies_is_counted_and_named_with_its_place() {
    let extra = r##"      callbacks:
        onMade: { "{$request.body#/url}": { post: { responses: { 200: { description: heard } } } } }
      responses:
        202: { description: later, links: { user: { operationId: getUser }, again: { operationId: createUser } } }
"##;
    let (before, after) = API
        .split_once("      requestBody:\n")
        .expect("one operation has a body");
    let (body, answers) = after.split_once("      responses:\n").expect("and answers");
    let hooks = "webhooks: { sold: { post: { responses: { 200: { description: heard } } } } }\n";
    let text = format!("{before}      requestBody:\n{body}{extra}{answers}{hooks}");
    let document = document(&text);
    let provider = StandIn::start(good).await;
    let whole = verify_at(&provider.url, &plan(&document)).await;
    let notes = whole.notes();
    assert_eq!(notes.len(), 3, "{notes:?}");
    let starts = [
        "1 callback is not verified: `onMade` of `POST /users` (",
        "1 webhook is not verified: `sold` (",
        "2 links are not followed: `user` of 202 of `POST /users` (",
    ];
    for (note, start) in notes.iter().zip(starts) {
        assert!(note.starts_with(start), "{note}");
        assert!(note.contains("openapi.yaml:"), "{note}");
    }

    let mut of_another = plan(&document);
    openapi(&mut of_another).operations = vec!["getUser".to_owned()];
    let other = verify_at(&provider.url, &of_another).await;
    assert_eq!(other.notes().len(), 1, "{:?}", other.notes());
    assert!(other.notes()[0].starts_with("1 webhook"));
}
