use std::fs;

use super::*;

fn read(files: &[(&str, &[u8])]) -> Result<Document, (String, String)> {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, bytes) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("made");
        fs::write(path, bytes).expect("written");
    }
    let path = folder.path().join(files[0].0);
    Document::read(&path).map_err(|error| {
        let span = error
            .span
            .as_ref()
            .map_or_else(String::new, Span::to_string);
        let inside = format!("{}/", folder.path().display());
        (
            span.replace(&inside, ""),
            error.kind.to_string().replace(&inside, ""),
        )
    })
}

fn refusal(files: &[(&str, &[u8])]) -> (String, String) {
    read(files).expect_err("refused")
}

#[test]
fn references_into_files_of_the_folder_are_followed_and_keep_their_places() {
    let document = read(&[
        (
            "api.yaml",
            b"openapi: 3.0.0\npaths:\n  /a: { $ref: 'paths/a.yaml#/item' }\ncomponents:\n  schemas:\n    Own: { type: string }\n",
        ),
        (
            "paths/a.yaml",
            b"item:\n  get:\n    x: { $ref: '../schemas.json#/Id' }\n    y: { $ref: '#/own' }\n    z: { $ref: '../api.yaml#/components/schemas/Own' }\nown: { type: integer }\n",
        ),
        ("schemas.json", br#"{ "Id": { "type": "string" } }"#),
    ])
    .expect("a document");
    let get = Pointer::root().join_all(&["paths", "/a"]);
    let (at, _) = document.resolve(&get).expect("a path item");
    let at = at.join("get");
    for (name, kind, place) in [
        ("x", "string", "schemas.json:1:3"),
        ("y", "integer", "paths/a.yaml:6:1"),
        ("z", "string", "api.yaml:6:5"),
    ] {
        let (at, value) = document.resolve(&at.join(name)).expect(name);
        assert_eq!(value["type"], kind);
        let span = document.span(&at).to_string();
        assert!(span.ends_with(place), "{name}: {span}");
    }
}

#[test]
fn references_around_in_a_circle_are_read_and_lead_to_nothing() {
    let document = read(&[(
        "api.yaml",
        b"openapi: 3.1.0\npaths: {}\na: { $ref: '#/b' }\nb: { $ref: '#/a' }\nself: { items: { $ref: '#/self' } }\n",
    )])
    .expect("a document");
    assert!(document.resolve(&Pointer::root().join("a")).is_none());
    assert!(document.resolve(&Pointer::root().join("self")).is_some());
}

#[test]
fn a_reference_that_is_not_followed_is_named_with_its_place() {
    for (reference, why) in [
        ("#/components/schemas/Gone", "leads to nothing"),
        ("../outside.yaml", "leads out of the document's folder"),
        ("/etc/passwd", "leads out of the document's folder"),
        ("https://example.com/a.yaml#/A", "is a URL"),
        ("#User", "is no JSON pointer"),
    ] {
        let text = format!("openapi: 3.1.0\npaths:\n  /a:\n    get: {{ $ref: '{reference}' }}\n");
        let (span, said) = refusal(&[("api.yaml", text.as_bytes())]);
        assert_eq!(span, "api.yaml:4:12", "{reference}");
        assert!(said.contains(why) && said.contains(reference), "{said}");
    }
    let text = b"openapi: 3.1.0\npaths:\n  /a: { $ref: gone.yaml }\n";
    let (span, said) = refusal(&[("api.yaml", text)]);
    assert_eq!(span, "api.yaml:3:9");
    assert!(said.contains("`gone.yaml`"), "{said}");
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_folder_is_not_followed() {
    let around = tempfile::tempdir().expect("a folder");
    fs::write(around.path().join("secret.yaml"), "a: 1").expect("written");
    let folder = around.path().join("api");
    fs::create_dir(&folder).expect("made");
    std::os::unix::fs::symlink("../secret.yaml", folder.join("link.yaml")).expect("linked");
    let path = folder.join("api.yaml");
    fs::write(
        &path,
        "openapi: 3.1.0\npaths: { /a: { $ref: link.yaml } }\n",
    )
    .expect("written");
    let error = Document::read(&path).expect_err("refused");
    assert!(
        error.to_string().contains("out of the document's folder"),
        "{error}"
    );
}

#[test]
fn what_is_no_document_is_refused_with_its_place() {
    for (name, bytes, span, words) in [
        (
            "a.json",
            &b"{\n  \"openapi\": }"[..],
            "a.json:2:14",
            "not JSON",
        ),
        ("a.yaml", b"openapi: [1", "a.yaml:1:", "not YAML"),
        (
            "a.yaml",
            b"openapi: 3.1.0\nx: \xff\n",
            "a.yaml:2:4",
            "UTF-8",
        ),
        (
            "a.yaml",
            b"openapi: 4.0.0\npaths: {}",
            "a.yaml:1:1",
            "`4.0.0` is not supported",
        ),
        (
            "a.yaml",
            b"swagger: '1.2'\npaths: {}",
            "a.yaml:1:1",
            "`1.2` is not supported",
        ),
        ("a.yaml", b"a: 1\n", "a.yaml:1:", "neither `openapi"),
        ("a.yaml", b"", "a.yaml:1:", "it is empty"),
        (
            "a.yaml",
            b"openapi: 3.1.0\npaths: []\n",
            "a.yaml:2:1",
            "`paths` is not an object",
        ),
        ("a.yaml", b"openapi: 3.0.0\n", "a.yaml:1:", "no `paths`"),
    ] {
        let (place, said) = refusal(&[(name, bytes)]);
        assert!(place.starts_with(span), "{place}: {said}");
        assert!(said.contains(words), "{said}");
    }
    let error = Document::read(Path::new("no/such/api.yaml")).expect_err("missing");
    assert!(error.to_string().contains("no/such/api.yaml"), "{error}");
}

#[test]
fn versions_are_told_apart_however_they_are_written() {
    for (text, version) in [
        ("swagger: '2.0'\npaths: {}", Version::V2),
        ("swagger: 2.0\npaths: {}", Version::V2),
        ("openapi: 3.0.3\npaths: {}", Version::V3_0),
        ("openapi: 3.1\npaths: {}", Version::V3_1),
        ("{\"openapi\": \"3.1.1\", \"paths\": {}}", Version::V3_1),
    ] {
        let document = read(&[("api", text.as_bytes())]).expect(text);
        assert_eq!(document.version(), version, "{text}");
    }
}

#[test]
fn deep_documents_are_refused_or_read_without_overflow() {
    for depth in [90, 5_000] {
        let yaml = format!(
            "openapi: 3.1.0\npaths: {{}}\nx: {}{}",
            "[".repeat(depth),
            "]".repeat(depth)
        );
        let json = format!(
            r#"{{"openapi":"3.1.0","paths":{{}},"x":{}{}}}"#,
            "[".repeat(depth),
            "]".repeat(depth)
        );
        assert_eq!(read(&[("a.yaml", yaml.as_bytes())]).is_ok(), depth < 100);
        assert_eq!(read(&[("a.json", json.as_bytes())]).is_ok(), depth < 100);
    }
}

#[test]
fn aliases_that_multiply_are_bounded() {
    let mut bomb = "openapi: 3.1.0\npaths: {}\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..9 {
        let before = vec![format!("*a{}", level - 1); 10].join(", ");
        bomb.push_str(&format!("a{level}: &a{level} [{before}]\n"));
    }
    let (_, said) = refusal(&[("bomb.yaml", bomb.as_bytes())]);
    assert!(said.contains("more than"), "{said}");
}

#[test]
fn a_second_document_is_refused_where_it_begins() {
    let text = b"openapi: 3.1.0\npaths: {}\n---\nopenapi: 3.1.0\n";
    let (span, said) = refusal(&[("two.yaml", text)]);
    assert!(span.starts_with("two.yaml:4:"), "{span}: {said}");
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]
    #[test]
    fn a_damaged_document_is_read_or_refused_without_a_panic(
        damage in proptest::collection::vec((0_usize..8000, proptest::sample::select(&b"0{}[]\",:-$#&*|>' \n\xff"[..])), 1..5),
    ) {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/orders/openapi.yaml");
        let mut bytes = fs::read(path).expect("shipped");
        for (at, byte) in damage {
            let at = at % bytes.len();
            bytes[at] = byte;
        }
        if let Err((_, said)) = read(&[("api.yaml", &bytes)]) {
            proptest::prop_assert!(!said.contains("gave up"), "{}", said);
        }
    }
}
