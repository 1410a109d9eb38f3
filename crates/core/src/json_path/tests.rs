use proptest::prelude::*;
use serde_json::json;

use super::*;

fn path(text: &str) -> JsonPath {
    JsonPath::parse(text).expect(text)
}

/// What parsing and querying says.
fn selected(path: &JsonPath, text: &[u8]) -> Option<Option<Value>> {
    let whole: Value = serde_json::from_slice(text).ok()?;
    Some(path.query(&whole).first().cloned())
}

#[test]
fn a_single_place_is_found_without_parsing_the_rest() {
    let text = br#" {"a": {"b":[1, {"c":"x\"}]"}, [2,3]]}, "d":null, "e":{"f":-1.5e3} } "#;
    for (at, value) in [
        ("$.a.b[0]", json!(1)),
        ("$.a.b[1].c", json!("x\"}]")),
        ("$['a']['b'][2]", json!([2, 3])),
        ("$.d", json!(null)),
        ("$.e.f", json!(-1500.0)),
        ("$.e", json!({"f": -1500.0})),
    ] {
        assert_eq!(path(at).glimpse(text), Glimpse::Value(value), "{at}");
    }
    for at in ["$.a.b[3]", "$.x", "$.d.x", "$[0]", "$.a[0]", "$.a.b.c"] {
        assert_eq!(path(at).glimpse(text), Glimpse::Nothing, "{at}");
    }
    assert_eq!(path("$").glimpse(b" 7 "), Glimpse::Value(json!(7)));
}

#[test]
fn paths_that_may_select_several_values_want_the_whole() {
    for text in [
        "$.*",
        "$[*]",
        "$..a",
        "$[-1]",
        "$[0,1]",
        "$[0:2]",
        "$['a','b']",
        "$[?@.a]",
        "$[99999999]",
    ] {
        assert_eq!(
            path(text).glimpse(br#"{"a":1}"#),
            Glimpse::Unclear,
            "{text}"
        );
    }
}

#[test]
fn names_are_what_they_are_whatever_they_hold() {
    for name in [
        "a.b", "a']['b", "*", "", "it's", "a\"b", "[0]", "é", "a b", "a\\b",
    ] {
        let document = json!({ name: 7, "a": { "b": 8 } });
        let quoted = name.replace('\\', "\\\\").replace('\'', "\\'");
        let path = path(&format!("$['{quoted}']"));
        let text = document.to_string();
        let whole = Glimpse::Value(json!(7));
        let glimpse = path.glimpse(text.as_bytes());
        assert!(
            glimpse == whole || glimpse == Glimpse::Unclear,
            "{name}: {glimpse:?}"
        );
    }
}

#[test]
fn of_members_of_the_same_name_the_last_counts() {
    let text = br#"{"a":{"b":1},"a":{"b":2,"b":3}}"#;
    assert_eq!(path("$.a.b").glimpse(text), Glimpse::Value(json!(3)));
    let gone = br#"{"a":{"b":1},"a":2}"#;
    assert_eq!(path("$.a.b").glimpse(gone), Glimpse::Nothing);
}

#[test]
fn what_breaks_off_or_goes_on_is_unclear() {
    let text = br#"{"a":{"b":[1,2]},"c":"d"}"#;
    for end in 0..text.len() {
        assert_eq!(path("$.a.b[0]").glimpse(&text[..end]), Glimpse::Unclear);
    }
    assert_eq!(path("$.a").glimpse(br#"{"a":1} {"#), Glimpse::Unclear);
    assert_eq!(path("$.a").glimpse(br#"{"a":01}"#), Glimpse::Unclear);
    assert_eq!(path("$.a").glimpse(br#"{"\u0061":1}"#), Glimpse::Unclear);
}

fn document() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1e6_f64..1e6).prop_map(Value::from),
        "[a-c\"\\\\{}\\[\\],: é\n]{0,6}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec(("[abc\"\\\\é]{0,2}", inner), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn simple_path() -> impl Strategy<Value = String> {
    let step =
        proptest::sample::select(&[".a", ".b", ".c", "['a']", "['']", "[0]", "[1]", "[2]"][..]);
    proptest::collection::vec(step, 0..4).prop_map(|steps| format!("${}", steps.concat()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn a_glimpse_says_what_parsing_says(
        document in document(),
        text in simple_path(),
        pretty in any::<bool>(),
    ) {
        let path = path(&text);
        let body = if pretty {
            serde_json::to_vec_pretty(&document)
        } else {
            serde_json::to_vec(&document)
        };
        let body = body.expect("JSON");
        match (path.glimpse(&body), selected(&path, &body).expect("JSON")) {
            (Glimpse::Value(seen), Some(there)) => prop_assert_eq!(seen, there),
            (Glimpse::Nothing, None) => {}
            // A key that is written with an escape.
            (Glimpse::Unclear, _) => prop_assert!(body.contains(&b'\\')),
            (seen, there) => prop_assert!(false, "{:?}, and there is {:?}", seen, there),
        }
    }

    #[test]
    fn no_text_does_harm(
        text in "[\\[\\]{}\":,0-9a-c\\\\ ]{0,40}",
        path_text in simple_path(),
    ) {
        let path = path(&path_text);
        if let Some(there) = selected(&path, text.as_bytes()) {
            match path.glimpse(text.as_bytes()) {
                Glimpse::Value(seen) => prop_assert_eq!(Some(seen), there),
                Glimpse::Nothing => prop_assert_eq!(None, there),
                Glimpse::Unclear => {}
            }
        } else {
            let _ = path.glimpse(text.as_bytes());
        }
    }
}
