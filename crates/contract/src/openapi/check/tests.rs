use bytes::Bytes;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use super::*;
use crate::openapi::contract::OpenApi;
use crate::openapi::request::Fault;

const API: &str = "
openapi: 3.1.0
paths:
  /users:
    get:
      responses:
        200:
          description: fine
          headers:
            X-Total: { required: true, schema: { type: integer, minimum: 0 } }
            X-Tags: { schema: { type: array, items: { type: string }, maxItems: 2 } }
          content:
            application/json: { schema: { type: object, required: [id], properties: { id: { type: integer } } } }
            text/*: {}
        204: { description: nothing, content: { application/json: {} } }
        4XX: { description: refused }
";

struct Fixture(OpenApi);

impl Fixture {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("api.yaml");
        std::fs::write(&path, API).expect("written");
        Self(OpenApi::read(&path).expect("a document"))
    }

    fn run(&self, check: OpenApiCheck, intent: &Intent, answer: &Answer) -> Vec<Finding> {
        let method = match intent {
            Intent::UnsupportedMethod(_) => "PATCH",
            _ => "GET",
        };
        run(
            check,
            &Exchange {
                operation: &self.0.operations[0],
                intent,
                method,
                answer,
                schemas: &self.0.answers,
            },
        )
    }

    /// Where a check finds something; nothing where it holds.
    fn found(&self, check: OpenApiCheck, intent: &Intent, answer: &Answer) -> Vec<(String, u32)> {
        let findings = self.run(check, intent, answer).into_iter();
        findings
            .map(|finding| (finding.location, self.0.span(&finding.at).line))
            .collect()
    }
}

fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Answer {
    let headers = headers.iter().map(|(name, value)| {
        let name = HeaderName::from_bytes(name.as_bytes()).expect("a name");
        (name, HeaderValue::from_str(value).expect("a value"))
    });
    Answer {
        status,
        headers: HeaderMap::from_iter(headers),
        body: Bytes::copy_from_slice(body.as_bytes()),
    }
}

const JSON: (&str, &str) = ("content-type", "application/json; charset=utf-8");

fn invalid() -> Intent {
    Intent::Invalid(Fault {
        what: "query parameter `page` is missing".to_owned(),
        at: Pointer::root().join("paths"),
    })
}

#[test]
fn a_failure_is_a_finding_whatever_was_asked() {
    let fixture = Fixture::new();
    let check = OpenApiCheck::NotAServerError;
    let method = Intent::UnsupportedMethod(Pointer::root());
    for intent in [Intent::Valid, invalid(), method] {
        assert_eq!(fixture.found(check, &intent, &answer(499, &[], "")), []);
        assert_eq!(fixture.run(check, &intent, &answer(500, &[], "")).len(), 1);
    }
}

#[test]
fn a_status_is_declared_by_its_code_or_its_class() {
    let fixture = Fixture::new();
    let check = OpenApiCheck::StatusCodeConformance;
    for status in [200, 204, 404] {
        assert_eq!(
            fixture.found(check, &Intent::Valid, &answer(status, &[], "")),
            []
        );
    }
    let found = fixture.run(check, &Intent::Valid, &answer(201, &[], ""));
    assert_eq!(found[0].expected, "200, 204, 4XX");
    assert_eq!(fixture.0.span(&found[0].at).line, 6);
    // Of another method, nothing is declared.
    let method = Intent::UnsupportedMethod(Pointer::root());
    assert_eq!(fixture.found(check, &method, &answer(201, &[], "")), []);
}

#[test]
fn the_type_of_an_answer_is_one_that_is_declared() {
    let fixture = Fixture::new();
    let check = OpenApiCheck::ContentTypeConformance;
    let of = |value: &str| answer(200, &[("content-type", value)], "{}");
    for value in [
        "application/json",
        "Application/JSON; charset=utf-8",
        "text/csv",
    ] {
        assert_eq!(
            fixture.found(check, &Intent::Valid, &of(value)),
            [],
            "{value}"
        );
    }
    for value in ["application/xml", "json", "/"] {
        let found = fixture.run(check, &Intent::Valid, &of(value));
        assert_eq!(found[0].expected, "application/json, text/*", "{value}");
    }
    assert_eq!(
        fixture
            .run(check, &Intent::Valid, &answer(200, &[], "{}"))
            .len(),
        1
    );
    // No body, and nothing that is declared about one.
    for status in [204, 404] {
        assert_eq!(
            fixture.found(check, &Intent::Valid, &answer(status, &[], "")),
            []
        );
    }
}

#[test]
fn headers_are_there_and_valid_however_they_are_read() {
    let fixture = Fixture::new();
    let check = OpenApiCheck::ResponseHeadersConformance;
    let of =
        |headers: &[(&str, &str)]| fixture.found(check, &Intent::Valid, &answer(200, headers, ""));
    assert_eq!(of(&[("x-total", "7")]), []);
    assert_eq!(of(&[("x-total", "7"), ("x-tags", "a, b")]), []);
    assert_eq!(of(&[]), [("header X-Total".to_owned(), 10)]);
    assert_eq!(
        of(&[("x-total", "many")]),
        [("header X-Total".to_owned(), 10)]
    );
    assert_eq!(
        of(&[("x-total", "-1")]),
        [("header X-Total".to_owned(), 10)]
    );
    assert_eq!(
        of(&[("x-total", "7"), ("x-tags", "a,b,c")]),
        [("header X-Tags".to_owned(), 11)]
    );
}

#[test]
fn bodies_are_valid_under_the_schema_of_their_answer() {
    let fixture = Fixture::new();
    let check = OpenApiCheck::ResponseSchemaConformance;
    let of = |body: &str| fixture.run(check, &Intent::Valid, &answer(200, &[JSON], body));
    assert_eq!(of(r#"{"id": 1}"#), []);
    let found = of(r#"{"id": "1"}"#);
    assert_eq!(found[0].location, "body $.id");
    assert_eq!(found[0].actual, "\"1\"");
    assert_eq!(fixture.0.span(&found[0].at).line, 13);
    assert!(of("{}")[0].message.contains("required"));
    assert!(of("<html>")[0].message.contains("not JSON"));
    // An answer without its type is held against the first; of another type, it has no schema.
    assert_eq!(
        fixture
            .run(check, &Intent::Valid, &answer(200, &[], "{}"))
            .len(),
        1
    );
    let text = answer(200, &[("content-type", "text/plain")], "hi");
    assert_eq!(fixture.found(check, &Intent::Valid, &text), []);
    assert_eq!(
        fixture.found(check, &Intent::Valid, &answer(404, &[JSON], "!")),
        []
    );
}

#[test]
fn invalid_requests_are_refused_and_valid_ones_are_not() {
    let fixture = Fixture::new();
    let refuse = |intent: &Intent, status: u16| {
        fixture.run(
            OpenApiCheck::NegativeDataRejection,
            intent,
            &answer(status, &[], ""),
        )
    };
    for status in [400, 404, 422, 500] {
        assert_eq!(refuse(&invalid(), status), []);
        assert_eq!(refuse(&Intent::Valid, status), []);
    }
    assert_eq!(refuse(&Intent::Valid, 200), []);
    let found = refuse(&invalid(), 200);
    assert!(found[0].message.contains("`page` is missing"), "{found:?}");

    let accept = |intent: &Intent, status: u16| {
        let check = OpenApiCheck::PositiveDataAcceptance;
        fixture.run(check, intent, &answer(status, &[], "")).len()
    };
    for status in [200, 201, 302, 401, 404, 409, 500] {
        assert_eq!(accept(&Intent::Valid, status), 0, "{status}");
    }
    for status in [400, 405, 422] {
        assert_eq!(accept(&Intent::Valid, status), 1, "{status}");
        assert_eq!(accept(&invalid(), status), 0, "{status}");
        assert_eq!(accept(&Intent::NoCredentials, status), 0, "{status}");
    }
}

#[test]
fn a_missing_header_is_refused() {
    let fixture = Fixture::new();
    let missing = Intent::MissingHeader("X-Trace".to_owned(), Pointer::root());
    let run = |intent: &Intent, status: u16| {
        fixture.run(
            OpenApiCheck::MissingRequiredHeader,
            intent,
            &answer(status, &[], ""),
        )
    };
    assert_eq!(run(&missing, 400), []);
    assert_eq!(run(&Intent::Valid, 200), []);
    for status in [200, 404] {
        let found = run(&missing, status);
        assert!(found[0].message.contains("`X-Trace`"), "{found:?}");
    }
}

#[test]
fn an_unsupported_method_is_refused_with_what_is_allowed() {
    let fixture = Fixture::new();
    let method = Intent::UnsupportedMethod(Pointer::root());
    let check = OpenApiCheck::UnsupportedMethod;
    let of = |status: u16, headers: &[(&str, &str)]| {
        fixture.run(check, &method, &answer(status, headers, ""))
    };
    assert_eq!(of(405, &[("allow", "GET")]), []);
    assert_eq!(of(405, &[])[0].location, "header Allow");
    for status in [200, 404, 500] {
        assert_eq!(
            of(status, &[("allow", "GET")])[0].location,
            "status",
            "{status}"
        );
    }
    let says_how_to_leave_it_out = |status| {
        of(status, &[])[0]
            .message
            .contains("--exclude-check unsupported_method")
    };
    assert!(says_how_to_leave_it_out(404) && !says_how_to_leave_it_out(200));
    assert_eq!(
        fixture.run(check, &Intent::Valid, &answer(200, &[], "")),
        []
    );
}
