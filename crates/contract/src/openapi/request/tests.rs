use serde_json::json;

use super::*;
use crate::openapi::operation::{Credential, Media, Parameter, RequestBody, Style};

fn parameter(name: &str, location: Location, style: Style, explode: bool) -> Parameter {
    Parameter {
        name: name.to_owned(),
        location,
        required: true,
        style,
        explode,
        schema: Pointer::root(),
        examples: Vec::new(),
        at: Pointer::root(),
    }
}

fn operation(path: &str, parameters: Vec<Parameter>, media_types: &[&str]) -> Operation {
    let media = media_types.iter().map(|media_type| Media {
        media_type: (*media_type).to_owned(),
        schema: None,
        examples: Vec::new(),
        at: Pointer::root(),
    });
    Operation {
        method: "POST".to_owned(),
        path: path.to_owned(),
        id: None,
        at: Pointer::root(),
        parameters,
        body: Some(RequestBody {
            required: true,
            media: media.collect(),
            at: Pointer::root(),
        }),
        responses: Vec::new(),
        credentials: vec![Credential {
            location: Location::Header,
            name: "X-Key".to_owned(),
        }],
        obstacle: None,
    }
}

fn case(values: &[Value], body: Option<Body>) -> Case {
    Case {
        intent: Intent::Valid,
        method: "POST".to_owned(),
        parameters: values.iter().cloned().enumerate().collect(),
        body,
    }
}

/// The target of a request with one parameter.
fn target(location: Location, style: Style, explode: bool, value: Value) -> String {
    let path = if location == Location::Path {
        "/{p}"
    } else {
        "/"
    };
    let operation = operation(path, vec![parameter("p", location, style, explode)], &[]);
    case(&[value], None).wire(&operation, "", &[]).target
}

/// The table of OpenAPI 3.1, 4.8.12.4.
#[test]
fn styles_write_what_the_specification_shows() {
    use Location::{Path, Query};
    let list = || json!(["blue", "black", "brown"]);
    let object = || json!({ "R": 100, "G": 200, "B": 150 });
    for (location, style, explode, value, expected) in [
        (Path, Style::Simple, false, json!("blue"), "/blue"),
        (Path, Style::Simple, false, list(), "/blue,black,brown"),
        (Path, Style::Simple, false, object(), "/R,100,G,200,B,150"),
        (Path, Style::Simple, true, object(), "/R=100,G=200,B=150"),
        (Path, Style::Label, false, list(), "/.blue,black,brown"),
        (Path, Style::Label, true, list(), "/.blue.black.brown"),
        (Path, Style::Label, true, object(), "/.R=100.G=200.B=150"),
        (Path, Style::Matrix, false, json!("blue"), "/;p=blue"),
        (Path, Style::Matrix, false, list(), "/;p=blue,black,brown"),
        (
            Path,
            Style::Matrix,
            true,
            list(),
            "/;p=blue;p=black;p=brown",
        ),
        (
            Path,
            Style::Matrix,
            false,
            object(),
            "/;p=R,100,G,200,B,150",
        ),
        (Path, Style::Matrix, true, object(), "/;R=100;G=200;B=150"),
        (Query, Style::Form, false, list(), "/?p=blue,black,brown"),
        (Query, Style::Form, true, list(), "/?p=blue&p=black&p=brown"),
        (Query, Style::Form, false, object(), "/?p=R,100,G,200,B,150"),
        (Query, Style::Form, true, object(), "/?R=100&G=200&B=150"),
        (
            Query,
            Style::SpaceDelimited,
            false,
            list(),
            "/?p=blue%20black%20brown",
        ),
        (
            Query,
            Style::PipeDelimited,
            false,
            list(),
            "/?p=blue%7Cblack%7Cbrown",
        ),
        (
            Query,
            Style::DeepObject,
            true,
            object(),
            "/?p%5BR%5D=100&p%5BG%5D=200&p%5BB%5D=150",
        ),
        (
            Query,
            Style::Json,
            true,
            json!({ "a": 1 }),
            "/?p=%7B%22a%22%3A1%7D",
        ),
        (Query, Style::Form, false, json!([]), "/"),
        (
            Query,
            Style::Form,
            true,
            json!("a b&c=ü"),
            "/?p=a%20b%26c%3D%C3%BC",
        ),
        (Path, Style::Simple, false, json!("a/b"), "/a%2Fb"),
    ] {
        let shown = format!("{location:?} {style:?} {explode} {value}");
        assert_eq!(target(location, style, explode, value), expected, "{shown}");
    }
}

#[test]
fn bodies_are_written_by_their_type() {
    let body = |media_type: &str, value: Value| {
        let operation = operation("/", Vec::new(), &[media_type]);
        let wire = case(&[], Some(Body::Value(0, value))).wire(&operation, "/base", &[]);
        let text = String::from_utf8(wire.body.expect("a body")).expect("text");
        (wire.headers[0].1.clone(), text)
    };
    let value = json!({ "a": "x y", "b": [1, 2] });
    assert_eq!(body("application/json", value.clone()).1, value.to_string());
    assert_eq!(body("*/*", value.clone()).0, "application/json");
    assert_eq!(
        body("application/x-www-form-urlencoded", value.clone()).1,
        "a=x%20y&b=1&b=2"
    );
    assert_eq!(body("text/plain", json!("hi")).1, "hi");
    let (media_type, text) = body("multipart/form-data", value);
    let boundary = media_type.split_once("boundary=").expect("a boundary").1;
    assert_eq!(text.matches(&format!("--{boundary}\r\n")).count(), 3);
    assert!(text.ends_with(&format!("--{boundary}--\r\n")));
}

#[test]
fn further_headers_are_sent_once_and_credentials_left_out_where_meant() {
    let operation = operation(
        "/",
        vec![parameter("X-Trace", Location::Header, Style::Simple, false)],
        &[],
    );
    let more = [
        ("x-trace".to_owned(), "theirs".to_owned()),
        ("x-key".to_owned(), "secret".to_owned()),
    ];
    let mut case = case(&[json!("own")], None);
    let names = |wire: &Wire| -> Vec<String> {
        wire.headers.iter().map(|(name, _)| name.clone()).collect()
    };
    assert_eq!(
        names(&case.wire(&operation, "", &more)),
        ["X-Trace", "x-key"]
    );
    case.intent = Intent::NoCredentials;
    assert_eq!(names(&case.wire(&operation, "", &more)), ["X-Trace"]);
}

#[test]
fn a_request_is_shown_as_a_command_without_its_secrets() {
    let wire = Wire {
        method: "POST".to_owned(),
        target: "/users?key=abcd&page=2".to_owned(),
        headers: vec![
            ("Authorization".to_owned(), "Bearer abcd".to_owned()),
            ("X-Own".to_owned(), "abcd".to_owned()),
            ("Content-Type".to_owned(), "application/json".to_owned()),
        ],
        body: Some(br#"{"name":"it's"}"#.to_vec()),
    };
    let secret = [(Location::Query, "key"), (Location::Header, "x-own")].map(|(location, name)| {
        Credential {
            location,
            name: name.to_owned(),
        }
    });
    let shown = curl(&wire, "http://h:1", &secret);
    assert_eq!(
        shown,
        r#"curl -X POST 'http://h:1/users?key=[redacted]&page=2' -H 'Authorization: [redacted]' -H 'X-Own: [redacted]' -H 'Content-Type: application/json' --data-raw '{"name":"it'\''s"}'"#
    );
}

#[test]
fn text_may_be_read_as_more_than_text() {
    let reads = |value: Value, as_this: Value| may_read_as_valid(&value, |one| *one == as_this);
    for (value, as_this) in [
        (json!("12"), json!(12)),
        (json!("1.5"), json!(1.5)),
        (json!("true"), json!(true)),
        (json!(12), json!("12")),
        (json!([12]), json!(12)),
        (json!(["12", "b"]), json!([12, "b"])),
        (
            json!({ "a": "1", "b": true }),
            json!({ "a": 1, "b": "true" }),
        ),
    ] {
        assert!(reads(value.clone(), as_this.clone()), "{value} {as_this}");
    }
    assert!(!reads(json!("abc"), json!(12)));
    assert!(!reads(json!(["a", "b"]), json!("a")));
    // Too many ways to look at.
    assert!(reads(json!(vec!["1"; 40]), json!("never")));
}
