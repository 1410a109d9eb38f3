//! Whatever a file holds, reading it ends with a suite or with diagnostics.

use std::path::Path;

use proptest::prelude::*;
use rtest_suite::Inputs;

const EVERY_KEY: [&str; 3] = [
    include_str!("suites/every-key.yaml"),
    include_str!("suites/every-load-key.yaml"),
    include_str!("suites/over-tls.yaml"),
];

/// Checks a text and renders what is said about it, as the command line would.
fn survives(text: &str) {
    let folder = Path::new("tests/suites");
    match rtest_suite::check(text, "x.yaml", folder, &Inputs::default()) {
        Ok(suite) => {
            suite.plan(None, None).expect("no stage was asked for");
        }
        Err(errors) => {
            assert!(!errors.is_empty());
            for error in errors {
                assert!(error.to_string().starts_with("error[RT"));
            }
        }
    }
}

/// Text that is often nearly YAML.
fn yamlish() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "name",
        "load",
        "scenarios",
        "flow",
        "get",
        "check",
        "chaos",
        "timeline",
        "link",
        "a",
        "\"",
        "'",
        "{",
        "}",
        "[",
        "]",
        ":",
        ": ",
        "- ",
        "\n",
        "\n  ",
        "\n    ",
        "&a ",
        "*a",
        "<<: ",
        "|\n",
        ">\n",
        "? ",
        "# ",
        "---\n",
        "${",
        "${A",
        "}",
        "{{",
        "{{ a }}",
        "!!int ",
        "!x ",
        "%",
        "@",
        "\t",
        "\u{feff}",
        "\0",
        "é",
        "😀",
        "1e999",
        "0x",
        "012",
        "1_000",
        "~",
        ",",
        "\r\n",
    ]);
    prop::collection::vec(word, 0..60).prop_map(|words| words.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_text_is_survived(text in any::<String>()) {
        survives(&text);
    }

    #[test]
    fn text_that_is_nearly_yaml_is_survived(text in yamlish()) {
        survives(&text);
        survives(&format!("name: x\nload: {text}"));
    }

    #[test]
    fn a_suite_with_a_piece_cut_out_or_put_in_is_survived(
        suite in prop::sample::select(EVERY_KEY.to_vec()),
        from in any::<prop::sample::Index>(),
        length in 0_usize..200,
        piece in prop_oneof![Just(String::new()), yamlish(), any::<String>()],
    ) {
        let mut bytes = suite.as_bytes().to_vec();
        let from = from.index(bytes.len());
        let to = (from + length).min(bytes.len());
        bytes.splice(from..to, piece.into_bytes());
        survives(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn a_suite_with_one_value_replaced_is_survived(
        suite in prop::sample::select(EVERY_KEY.to_vec()),
        line in any::<prop::sample::Index>(),
        value in prop::sample::select(vec![
            "*any", "0/s", "{{ a }}", "365d", "$.a", "data/users.csv", "~", "[]", "{}", "-1", "0", "1e400", "\"\"", "[[[]]]", "{a: {b: c}}", "true", "${X}", "/",
            "18446744073709551615", "-9223372036854775808", "!!binary aGk=", "\"\\0\\x07\\u202e\"",
        ]),
    ) {
        let line = line.index(suite.lines().count());
        let lines = suite.lines().enumerate().map(|(number, text)| match text.split_once(": ") {
            Some((key, _)) if number == line => format!("{key}: {value}\n"),
            _ => format!("{text}\n"),
        });
        survives(&lines.collect::<String>());
    }
}

#[test]
fn arbitrary_bytes_in_a_file_are_survived() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("suite.yaml");
    for bytes in [
        &b"\xff\xfe n\0a\0"[..],
        b"\0",
        b"name: \xc3\x28\n",
        b"\x1b[31m",
        b"\xef\xbb\xbf",
    ] {
        std::fs::write(&path, bytes).expect("writable");
        let errors = rtest_suite::load(&path, &Inputs::default()).expect_err("no suite");
        assert!(
            errors
                .iter()
                .all(|error| error.to_string().starts_with("error[RT"))
        );
    }
    std::fs::write(&path, "# large\n".repeat(200_000)).expect("writable");
    let errors = rtest_suite::load(&path, &Inputs::default()).expect_err("too large");
    let said = errors[0].to_string();
    assert!(said.starts_with("error[RT0005]"), "{said}");
    let errors = rtest_suite::load(folder.path(), &Inputs::default()).expect_err("a folder");
    assert!(
        errors[0].to_string().starts_with("error[RT0001]"),
        "{}",
        errors[0]
    );
}

/// A file within the limit on its size that is as costly as can be: each ends in seconds even
/// unoptimised, where a pass of squared cost would take hours.
#[test]
fn costly_files_end() {
    let many = |piece: &str| piece.repeat((1 << 20) / piece.len() - 100);
    let nested =
        |open: &str, close: &str| format!("name: {}x{}", open.repeat(5000), close.repeat(5000));
    for text in [
        format!("name: [{}]", many("a,")),
        format!("name: [{}]", &many("\"${A}\",")[..300_000]),
        format!("name: \"{}\"", many("${A")),
        format!("name: \"{}\"", many("${A}")),
        format!("name: x\nload: {{ target: \"{}\" }}", many("{{ a }}")),
        (0..40_000).map(|key| format!("k{key}: 1\n")).collect(),
        many("a: 1\n"),
        many("- "),
        many("&a "),
        many("{"),
        nested("[", "]"),
        nested("{a: ", "}"),
        format!(
            "name: x\nload: {{ setup: [{}] }}",
            many("{ loop: 9, steps: [{ get: / }] },")
        ),
        format!(
            "name: x\nload: {{ setup: [{{ get: /, capture: {{ {} }} }}, {{ get: \"{}\" }}] }}",
            (0..8_000)
                .map(|name| format!("c{name}: $.a, "))
                .collect::<String>(),
            "{{ c7999 }}{{ x }}".repeat(8_000),
        ),
        format!("a: &a [{}]\nb: [{}]", "x,".repeat(100), "*a,".repeat(5000)),
        format!("{}\n{}", "a: &a { b: 1 }", many("c: { <<: *a }\n")),
    ] {
        survives(&text);
    }
}
