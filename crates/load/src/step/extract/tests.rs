use ::regex::Regex;
use bytes::Bytes;
use hyper::HeaderMap;
use hyper::header::{HeaderName, HeaderValue};
use rtest_core::JsonPath;

use super::*;
use crate::client::Answer;

fn answer(body: &str) -> Answer {
    let mut headers = HeaderMap::new();
    for value in ["</a>; rel=prev, </b?page=2>; rel=\"next\"", "</c>"] {
        headers.append(
            HeaderName::from_static("link"),
            HeaderValue::from_static(value),
        );
    }
    Answer {
        status: 200,
        headers,
        body: Bytes::copy_from_slice(body.as_bytes()),
    }
}

#[track_caller]
fn find(plan: Plan, body: &str) -> Option<String> {
    let answer = answer(body);
    let extract = compile(&plan).expect("an extractor");
    extract.find(&Reading::new(&answer)).map(String::from)
}

fn regex(text: &str) -> Regex {
    Regex::new(text).expect(text)
}

#[test]
fn json_gives_strings_as_they_are_and_the_rest_as_json() {
    let body = r#"{"id":7,"name":"Ada \"L\"","tags":["a"],"users":[{"id":1},{"id":2}],"no":null}"#;
    let found = |path: &str| find(Plan::Json(JsonPath::parse(path).expect(path)), body);
    assert_eq!(found("$.id").as_deref(), Some("7"));
    assert_eq!(found("$.name").as_deref(), Some("Ada \"L\""));
    assert_eq!(found("$.tags").as_deref(), Some("[\"a\"]"));
    assert_eq!(found("$.users[*].id").as_deref(), Some("1"), "the first");
    assert_eq!(found("$.no").as_deref(), Some("null"));
    assert_eq!(found("$.email"), None);
    let path = JsonPath::parse("$.id").expect("a path");
    assert_eq!(find(Plan::Json(path), "<html>"), None);
}

#[test]
fn a_header_gives_its_first_value_or_the_part_that_matches() {
    let found = |name: &str, regex: Option<Regex>| {
        let name = name.to_owned();
        find(Plan::Header { name, regex }, "")
    };
    let whole = "</a>; rel=prev, </b?page=2>; rel=\"next\"";
    assert_eq!(found("LINK", None).as_deref(), Some(whole));
    let next = found("Link", Some(regex("<([^>]*)>; rel=\"next\"")));
    assert_eq!(next.as_deref(), Some("/b?page=2"));
    assert_eq!(found("link", Some(regex("nothing"))), None);
    assert_eq!(found("location", None), None);
    let name = "no name".to_owned();
    let error = compile(&Plan::Header { name, regex: None }).expect_err("a space");
    assert_eq!(error, "`no name` is not a header's name");
}

#[test]
fn a_regex_gives_its_first_group_or_else_all_of_the_match() {
    let found = |text: &str| find(Plan::Regex(regex(text)), "token=abc123; other=x");
    assert_eq!(found("token=(\\w+); (\\w+)").as_deref(), Some("abc123"));
    assert_eq!(found("\\w+=abc").as_deref(), Some("token=abc"));
    assert_eq!(found("token=(z)?"), None, "the group took no part");
    assert_eq!(found("session"), None);
}

#[test]
fn css_gives_an_attribute_or_the_text() {
    let page = "<!doctype html><form><input type=hidden name=csrf VALUE='t&amp;k'></form>\
                <p class=price>\n  <b>9</b>.50 \n</p><p class=price>7</p>";
    let found = |selector: &str, attribute: Option<&str>| {
        let (selector, attribute) = (selector.to_owned(), attribute.map(str::to_owned));
        find(
            Plan::Css {
                selector,
                attribute,
            },
            page,
        )
    };
    let csrf = found("input[name=csrf]", Some("value"));
    assert_eq!(csrf.as_deref(), Some("t&k"));
    assert_eq!(found("p.price", None).as_deref(), Some("9.50"));
    assert_eq!(found("input", Some("checked")), None);
    assert_eq!(found("table", None), None);
    let (selector, attribute) = ("p[".to_owned(), None);
    let error = compile(&Plan::Css {
        selector,
        attribute,
    })
    .expect_err("not closed");
    assert!(error.starts_with("`p[` is not a CSS selector: "), "{error}");
}
