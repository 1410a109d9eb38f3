use std::collections::BTreeMap;
use std::time::Duration;

use http_body_util::BodyExt;
use rtest_core::JsonPath;
use rtest_core::plan::{Body, CapturePlan, Extractor, Part, PartContent, RequestStep as Plan};
use rtest_core::{Scheme, Span, Template};

use super::*;
use crate::context::ResolvedTarget;
use crate::feeder::Data;
use crate::origin::Origin;

fn basis(variables: &[(&str, &str)]) -> Basis {
    let variables = variables.iter();
    Basis {
        target: ResolvedTarget::new(
            Origin::parse(Scheme::Http, "target").expect("a host"),
            "/v1".to_owned(),
        ),
        variables: variables
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        http: rtest_core::plan::HttpPlan::default(),
        metrics: Vec::new(),
        seed: Seed::new(1),
    }
}

fn span() -> Span {
    Span::of_flag("--flow", "x")
}

fn text(text: &str) -> Template {
    Template::parse(text).expect(text)
}

fn plan(path: &str) -> Plan {
    Plan::new("POST", text(path), Duration::from_secs(1))
}

/// A step after which `{{ x }}` and `{{ y }}` are captured, and `x` is filled with a value.
struct Filled {
    step: Result<RequestStep, String>,
    values: Values,
}

fn filled(plan: &Plan, basis: &Basis, x: Option<&str>) -> Filled {
    let captures = ["x", "y"].map(|name| CapturePlan {
        name: name.to_owned(),
        from: Extractor::Json(JsonPath::parse("$").expect("a path")),
        default: None,
        span: span(),
    });
    let mut captured_elsewhere = Plan::new("GET", text("/"), Duration::ZERO);
    captured_elsewhere.captures = captures.to_vec();
    let mut scope = Scope::new(&basis.variables, &[]);
    scope.declare(&[Step {
        kind: StepKind::Request(Box::new(captured_elsewhere)),
        span: span(),
    }]);
    let mut values = scope.values(3);
    values.begin(7);
    values.capture(0, x.map(Into::into));
    Filled {
        step: RequestStep::compile(0, plan, &span(), basis, &scope, false),
        values,
    }
}

impl Filled {
    fn uri(&self) -> Result<String, String> {
        let step = self.step.as_ref().map_err(String::clone)?;
        let request = step.fill(&self.values, false)?;
        Ok(request.http.uri().to_string())
    }

    /// The content type and the body.
    fn body(&self) -> (Option<String>, String) {
        let step = self.step.as_ref().expect("a request");
        let request = step
            .fill(&self.values, false)
            .expect("filled")
            .into_owned()
            .http;
        let content_type = request.headers().get("content-type");
        let content_type = content_type.map(|value| value.to_str().expect("ASCII").to_owned());
        let body = futures_util::FutureExt::now_or_never(request.into_body().collect());
        let body = body.expect("there at once").expect("no failure").to_bytes();
        (
            content_type,
            String::from_utf8(body.to_vec()).expect("UTF-8"),
        )
    }
}

#[test]
fn what_is_the_same_in_every_iteration_is_worked_out_once() {
    let basis = basis(&[("host", "a")]);
    let fixed = filled(&plan("/{{ host }}?q={{host}}"), &basis, None);
    assert_eq!(fixed.uri().as_deref(), Ok("/v1/a?q=a"));
    let step = fixed.step.expect("a request");
    let (first, second) = (
        step.fill(&fixed.values, false),
        step.fill(&fixed.values, false),
    );
    let (first, second) = (first.expect("filled"), second.expect("filled"));
    assert!(std::ptr::eq(&*first, &*second), "nothing was copied");
    let varying = filled(&plan("/{{ host }}/{{ vu }}/{{ iteration }}"), &basis, None);
    assert_eq!(varying.uri().as_deref(), Ok("/v1/a/3/7"));
}

#[test]
fn a_hole_without_a_value_says_where_it_should_have_come_from() {
    let basis = basis(&[]);
    let missing = filled(&plan("/{{ x }}"), &basis, None);
    assert_eq!(
        missing.uri(),
        Err("`{{ x }}` has no value: the capture at --flow:1:1 found nothing".to_owned())
    );
    let unreached = filled(&plan("/{{ y }}"), &basis, None);
    assert_eq!(
        unreached.uri(),
        Err("`{{ y }}` has no value: the capture at --flow:1:1 was not reached".to_owned())
    );
    let nobody = filled(&plan("/{{ z }}"), &basis, None);
    assert_eq!(nobody.uri(), Err("`{{ z }}` has no value here".to_owned()));
}

#[test]
fn a_capture_means_more_than_a_variable_and_falls_back_on_it() {
    let basis = basis(&[("x", "of the run"), ("y", "of the run")]);
    let both = filled(&plan("/{{ x }}/{{ y }}"), &basis, Some("captured"));
    assert_eq!(both.uri().as_deref(), Ok("/v1/captured/of%20the%20run"));
}

#[test]
fn parameters_are_encoded_and_added_to_the_query_that_is_there() {
    let basis = basis(&[]);
    let mut step = plan("/{{ x }}");
    step.query = vec![
        ("q".to_owned(), text("a&{{ x }}")),
        ("ü".to_owned(), text("")),
    ];
    let uri = |x| filled(&step, &basis, Some(x)).uri();
    assert_eq!(uri("p/1").as_deref(), Ok("/v1/p/1?q=a%26p%2F1&%C3%BC="),);
    assert_eq!(
        uri("p?b=1").as_deref(),
        Ok("/v1/p?b=1&q=a%26p%3Fb%3D1&%C3%BC="),
    );
}

#[test]
fn a_header_that_varies_keeps_its_place_and_its_other_values() {
    let basis = basis(&[]);
    let mut step = plan("/");
    step.headers = vec![
        ("X-A".to_owned(), text("1")),
        ("X-B".to_owned(), text("{{ x }}")),
        ("X-C".to_owned(), text("3")),
        ("x-b".to_owned(), text("2")),
    ];
    let filled = filled(&step, &basis, Some("1"));
    let request = filled.step.expect("a request");
    let request = request.fill(&filled.values, false).expect("filled");
    let sent: Vec<(&str, &str)> = request
        .http
        .headers()
        .iter()
        .filter(|(name, _)| name.as_str().starts_with("x-"))
        .map(|(name, value)| (name.as_str(), value.to_str().expect("ASCII")))
        .collect();
    assert_eq!(
        sent,
        [("x-a", "1"), ("x-b", "1"), ("x-b", "2"), ("x-c", "3")]
    );
}

#[test]
fn bodies_are_encoded_by_their_kind_and_bring_their_type() {
    let basis = basis(&[]);
    let body = |body: Body| {
        let step = Plan { body, ..plan("/") };
        filled(&step, &basis, Some("a \"b\"&c")).body()
    };
    let json = body(Body::Json(text("{\"n\":\"<{{ x }}>\"}")));
    assert_eq!(json.0.as_deref(), Some("application/json"));
    assert_eq!(json.1, "{\"n\":\"<a \\\"b\\\"&c>\"}");
    let form = body(Body::Form(vec![
        ("one".to_owned(), text("{{ x }}!")),
        ("t w".to_owned(), text("2")),
    ]));
    let of_form = "application/x-www-form-urlencoded";
    assert_eq!(form.0.as_deref(), Some(of_form));
    assert_eq!(form.1, "one=a+%22b%22%26c%21&t+w=2");
    let file = body(Body::File(b"bytes".as_slice().into()));
    assert_eq!(file, (None, "bytes".to_owned()));
}

#[test]
fn a_content_type_of_its_own_wins_but_for_the_boundary() {
    let basis = basis(&[]);
    let mut step = plan("/");
    step.body = Body::Json(text("{}"));
    step.headers = vec![("Content-Type".to_owned(), text("application/ld+json"))];
    let (content_type, _) = filled(&step, &basis, None).body();
    assert_eq!(content_type.as_deref(), Some("application/ld+json"));
    step.body = Body::Multipart(Vec::new());
    step.headers[0].1 = text("multipart/related");
    let (content_type, body) = filled(&step, &basis, None).body();
    let content_type = content_type.expect("a type");
    let boundary = content_type
        .strip_prefix("multipart/related; boundary=")
        .expect(&content_type);
    assert_eq!(body, format!("--{boundary}--\r\n"));
    step.headers[0].1 = text("multipart/form-data; boundary=mine");
    let refused = filled(&step, &basis, None)
        .step
        .expect_err("two boundaries");
    assert!(refused.contains("without a boundary"), "{refused}");
}

fn field(name: &str, content: PartContent) -> Part {
    Part {
        name: name.to_owned(),
        content,
        content_type: None,
    }
}

#[test]
fn parts_are_parted_by_what_is_in_none_of_them() {
    let basis = basis(&[]);
    let mut step = plan("/");
    let file = |bytes: &[u8]| PartContent::File {
        filename: "a \"b\".bin".to_owned(),
        bytes: bytes.into(),
    };
    let with_file = |bytes: &[u8], step: &mut Plan| {
        let kind = PartContent::Text(text("{{ x }}"));
        step.body = Body::Multipart(vec![field("kind", kind), field("data", file(bytes))]);
        filled(step, &basis, Some("photo")).body()
    };
    let (content_type, body) = with_file(b"--bytes", &mut step);
    let content_type = content_type.expect("a type");
    let boundary = content_type
        .strip_prefix("multipart/form-data; boundary=")
        .expect(&content_type);
    let expected = "--B\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\nphoto\r\n\
                    --B\r\nContent-Disposition: form-data; name=\"data\"; \
                    filename=\"a %22b%22.bin\"\r\nContent-Type: application/octet-stream\r\n\r\n\
                    --bytes\r\n--B--\r\n";
    assert_eq!(
        body,
        expected
            .replace('B', boundary)
            .replace(&format!("{boundary}in"), "Bin")
    );

    // A file that holds the boundary is given another one; a value that does cannot be sent.
    let (other, _) = with_file(boundary.as_bytes(), &mut step);
    assert!(!other.expect("a type").contains(boundary));
    let _ = with_file(b"", &mut step);
    let refused = filled(&step, &basis, Some(boundary));
    let refused = refused
        .step
        .expect("a request")
        .fill(&refused.values, false)
        .map(drop);
    assert!(refused.is_err_and(|reason| reason.contains("to part the parts")));
}

#[test]
fn a_row_fills_the_holes_of_its_columns() {
    let feeder = rtest_core::plan::FeederPlan {
        source: rtest_core::plan::FeederSource::Inline(Vec::new().into()),
        pick: rtest_core::plan::Pick::Sequential,
        at_end: rtest_core::plan::AtEnd::Fail,
        columns: vec!["name".to_owned(), "id".to_owned()],
        span: span(),
    };
    let (nothing, feeders) = (BTreeMap::new(), [feeder]);
    let scope = Scope::new(&nothing, &feeders);
    let path = plan("/{{ id }}/{{ name }}");
    let step = RequestStep::compile(0, &path, &span(), &basis(&[]), &scope, false);
    let step = step.expect("a request");
    let mut values = scope.values(1);
    values.data = Data::sample(&feeders, "7");
    let request = step.fill(&values, false).expect("filled");
    assert_eq!(request.http.uri(), "/v1/7/7");
    values.data = Data::default();
    let empty = step.fill(&values, false).expect_err("no row");
    let expected = "`{{ id }}` has no value: its feeder has no row for this iteration";
    assert_eq!(empty, expected);
}
