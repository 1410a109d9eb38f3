use std::fs;
use std::path::PathBuf;

use proptest::prelude::*;
use rtest_core::Span;
use rtest_core::plan::{AtEnd, Pick};

use super::*;
use crate::error::LoadErrorKind;

/// A file of these bytes, gone when it is dropped.
struct Fixture {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

fn file(name: &str, bytes: impl AsRef<[u8]>) -> Fixture {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    fs::write(&path, bytes).expect("a file");
    Fixture {
        _folder: folder,
        path,
    }
}

fn csv(path: &Path) -> FeederSource {
    FeederSource::Csv {
        path: path.to_owned(),
        delimiter: b',',
    }
}

fn json(path: &Path) -> FeederSource {
    FeederSource::Json {
        path: path.to_owned(),
    }
}

fn plan(source: FeederSource, columns: &[&str], pick: Pick, at_end: AtEnd) -> FeederPlan {
    FeederPlan {
        source,
        pick,
        at_end,
        columns: columns.iter().map(|name| (*name).to_owned()).collect(),
        span: Span::of_flag("suite.yaml", "feeder"),
    }
}

fn open(source: FeederSource, columns: &[&str]) -> Result<Feeders, FeederError> {
    let plan = plan(source, columns, Pick::Sequential, AtEnd::Fail);
    Feeders::open(&[plan], Seed::new(7), "browse").map_err(|error| match *error.kind {
        LoadErrorKind::Feeder(error) => error,
        other => panic!("{other} is no error of a feeder"),
    })
}

/// Every row that a feeder of so many columns has, read in order.
fn rows(feeders: &Feeders, columns: usize) -> Vec<Vec<String>> {
    let mut reader = feeders.reader();
    let mut data = Data::default();
    (0..)
        .map_while(|iteration| {
            reader.feed(iteration, 0, &mut data).ok()?;
            let value = |column| data.get(0, column).expect("a value").to_owned();
            Some((0..columns).map(value).collect())
        })
        .collect()
}

#[test]
fn csv_is_read_as_rfc_4180_has_it() {
    let text = "\u{feff}id,\"full name\",note\r\n\
                1,Ada,\"a, b\"\r\n\
                \r\n\
                2,\"Grace \"\"Amazing\"\" Hopper\",\"two\r\nlines\"\n\
                3,,\n\
                4,Zoë,\"\"";
    let file = file("users.csv", text);
    let columns = ["id", "full name", "note"];
    let feeders = open(csv(&file.path), &columns).expect("a CSV file");
    assert_eq!(
        rows(&feeders, columns.len()),
        [
            ["1", "Ada", "a, b"],
            ["2", "Grace \"Amazing\" Hopper", "two\r\nlines"],
            ["3", "", ""],
            ["4", "Zoë", ""],
        ]
    );
    let some = ["note", "id"];
    let feeders = open(csv(&file.path), &some).expect("has these columns, too");
    assert_eq!(rows(&feeders, 2)[0], ["a, b", "1"]);
}

#[test]
fn another_delimiter_makes_the_comma_a_letter() {
    let file = file("users.csv", "id;name\n1;a,b\n");
    let source = FeederSource::Csv {
        path: file.path.clone(),
        delimiter: b';',
    };
    let feeders = open(source, &["name"]).expect("a CSV file");
    assert_eq!(rows(&feeders, 1), [["a,b"]]);
}

#[test]
fn objects_of_an_array_or_one_a_line_are_rows() {
    let array = r#"[
        {"id": 1, "name": "Ada \"A\" \u00e9", "tags": ["a", {"b": "}]"}], "more": 1},
        {"name": "Grace", "tags": null, "id": 1.50, "id": 2.50}
    ]"#;
    let lines = "\n{\"id\": 1, \"name\": \"Ada \\\"A\\\" é\", \"tags\": [\"a\", {\"b\": \"}]\"}]}\n\
                 {\"name\": \"Grace\", \"tags\": null, \"id\": 2.50}";
    let columns = ["id", "name", "tags"];
    for text in [array, lines] {
        let file = file("users.json", text);
        let feeders = open(json(&file.path), &columns).expect(text);
        assert_eq!(
            rows(&feeders, columns.len()),
            [
                ["1", "Ada \"A\" é", r#"["a", {"b": "}]"}]"#],
                ["2.50", "Grace", "null"],
            ],
            "{text}"
        );
    }
}

#[test]
fn rows_of_the_suite_are_rows() {
    let source = FeederSource::Inline(Arc::new([
        vec!["1".to_owned(), "Ada".to_owned()],
        vec!["2".to_owned(), "Grace".to_owned()],
    ]));
    let feeders = open(source, &["id", "name"]).expect("rows");
    assert_eq!(rows(&feeders, 2), [["1", "Ada"], ["2", "Grace"]]);
}

#[test]
fn what_is_wrong_is_shown_with_its_line() {
    let long = format!("id,name\n1,\"{}", "x".repeat(100));
    let cases: [(&str, &[u8], u32, u32, &str); 19] = [
        ("a.csv", b"", 1, 1, "the file is empty"),
        (
            "a.csv",
            b"id,nome\n1,a\n",
            1,
            1,
            "there is no column `name`; the columns are `id`, `nome`",
        ),
        (
            "a.csv",
            b"id,name\n1,a\n2\n",
            3,
            1,
            "this row has 1 field, and the first line names 2 columns",
        ),
        ("a.csv", b"id,name\n1,a,b\n", 2, 1, "this row has 3 fields"),
        (
            "a.csv",
            b"id,name\n1,\"a\nb\"\n2,5\" pipe\n",
            4,
            4,
            "a quote within a field that does not begin with one",
        ),
        (
            "a.csv",
            b"id,name\n1,\"a\"b\n",
            2,
            6,
            "something follows the quote",
        ),
        (
            "a.csv",
            long.as_bytes(),
            2,
            3,
            "the quote that opens here is never closed",
        ),
        (
            "a.csv",
            b"id,name\n1,a\n2,\xff\n",
            3,
            3,
            "this is not UTF-8",
        ),
        ("a.csv", b"id,n\xffme\n", 1, 5, "this is not UTF-8"),
        (
            "a.json",
            b"1",
            1,
            1,
            "this is neither an array of objects nor an object",
        ),
        (
            "a.json",
            b"[{\"id\":1,\"name\":2},\n3]",
            2,
            1,
            "this row is not an object",
        ),
        (
            "a.json",
            b"[{\"id\":1,\"name\":2}\n{}]",
            2,
            1,
            "there is no `,` between two rows",
        ),
        (
            "a.json",
            b"[{\"id\":1,\"name\":2}\n",
            2,
            1,
            "the array is never closed",
        ),
        (
            "a.json",
            b"[{\"id\":1,\"name\":2}]\n]",
            2,
            1,
            "the array has ended before",
        ),
        (
            "a.json",
            b"{\"id\":1,\n\"name\":\"2}",
            1,
            1,
            "the object that begins here is never closed",
        ),
        (
            "a.json",
            b"{\"id\":1,\n\"name\":tru}",
            2,
            11,
            "this is not JSON: expected ident",
        ),
        (
            "a.json",
            b"{\"id\":1,\"name\":2}\n{\"id\":1}",
            2,
            1,
            "this row has no `name`",
        ),
        (
            "a.json",
            b"{\"id\":1,\"name\":\"\\ud800\"}",
            1,
            1,
            "this is not JSON: ",
        ),
        (
            "a.json",
            b"{\"id\":1,\"name\":\"\xff\"}",
            1,
            17,
            "this is not UTF-8",
        ),
    ];
    for (name, bytes, line, column, reason) in cases {
        let shown = String::from_utf8_lossy(bytes);
        let file = file(name, bytes);
        let source = if name.ends_with("csv") {
            csv(&file.path)
        } else {
            json(&file.path)
        };
        let error = open(source, &["id", "name"]).expect_err(&shown);
        let place = error.place.as_ref().expect("a place");
        assert!(
            error.kind.to_string().starts_with(reason),
            "{shown}: {error}"
        );
        if !reason.ends_with("JSON: ") {
            assert_eq!(
                (place.line, place.column),
                (line, column),
                "{shown}: {error}"
            );
        }
        let expected = shown.lines().nth(line as usize - 1).unwrap_or_default();
        assert_eq!(&*place.text, expected);
    }
}

#[test]
fn a_file_that_cannot_feed_is_refused() {
    for (name, text) in [("a.csv", "id\n"), ("a.json", "[ ]"), ("a.json", "\n")] {
        let file = file(name, text);
        let source = if name.ends_with("csv") {
            csv(&file.path)
        } else {
            json(&file.path)
        };
        let error = open(source, &["id"]).expect_err(text);
        assert!(error.to_string().ends_with(" has no rows"), "{error}");
    }
    let error = open(csv(Path::new("nowhere/users.csv")), &["id"]).expect_err("no file");
    assert!(matches!(error.kind, FeederErrorKind::Unreadable(_)));
    assert_eq!(error.to_string(), "feeder nowhere/users.csv cannot be read");
    let folder = tempfile::tempdir().expect("a folder");
    let error = open(csv(folder.path()), &["id"]).expect_err("a folder");
    assert!(matches!(error.kind, FeederErrorKind::NotAFile));
}

#[test]
fn an_iteration_without_a_row_is_told_so() {
    let file = file("users.csv", "id\n1\n2\n");
    let feeders = open(csv(&file.path), &["id"]).expect("rows");
    let mut data = Data::default();
    let error = feeders.reader().feed(1000, 0, &mut data).expect_err("none");
    let expected = format!(
        "feeder {} has no row 1001: it has 2 rows",
        file.path.display()
    );
    assert_eq!(error.to_string(), expected);
}

#[test]
fn a_file_that_is_changed_under_the_load_is_an_error_of_the_iteration() {
    let text = (0..10_000).map(|id| format!("{id},x\n"));
    let text = format!("id,name\n{}", text.collect::<String>());
    let file = file("users.csv", &text);
    let feeders = open(csv(&file.path), &["id"]).expect("rows");
    let mut reader = feeders.reader();
    let mut data = Data::default();
    fs::write(&file.path, "id,name\n").expect("writable");
    let error = reader.feed(9_000, 0, &mut data).expect_err("shorter");
    assert!(matches!(
        error.kind,
        FeederErrorKind::Changed { row: 9_000 }
    ));
    fs::write(&file.path, text).expect("writable");
    reader.feed(9_000, 0, &mut data).expect("as before");
    assert_eq!(data.get(0, 0), Some("9000"));
}

#[test]
fn any_row_is_read_from_wherever_the_reader_stands() {
    let line = |id: u64| format!("{id},\"{}\"\n", "y\n".repeat((id % 97) as usize));
    let text = format!("id,name\n{}", (0..5000).map(line).collect::<String>());
    let file = file("users.csv", text);
    let random = plan(csv(&file.path), &["id"], Pick::Random, AtEnd::Fail);
    let per_vu = plan(csv(&file.path), &["id"], Pick::UniquePerVu, AtEnd::Recycle);
    let in_order = plan(
        csv(&file.path),
        &["name", "id"],
        Pick::Sequential,
        AtEnd::Stop,
    );
    let feeders = [random, per_vu, in_order];
    let feeders = Feeders::open(&feeders, Seed::new(7), "browse").expect("rows");
    assert_eq!(feeders.limits().iterations, Some(5000));
    // Two workers that share the iterations draw what one would have drawn.
    let (mut one, mut others) = (feeders.reader(), [feeders.reader(), feeders.reader()]);
    let mut drawn = std::collections::BTreeSet::new();
    for iteration in 0..5000 {
        let (mut data, mut other) = (Data::default(), Data::default());
        let vu = iteration * 7919;
        one.feed(iteration, vu, &mut data).expect("a row");
        let worker = &mut others[(iteration % 2) as usize];
        worker.feed(iteration, vu, &mut other).expect("a row");
        let ids = |data: &Data| {
            let id = |feeder| data.get(feeder, usize::from(feeder == 2));
            [0, 1, 2].map(|feeder| id(feeder).expect("a value").to_owned())
        };
        let values = ids(&data);
        assert_eq!(values, ids(&other));
        assert_eq!(values[1], (vu % 5000).to_string());
        assert_eq!(values[2], iteration.to_string());
        drawn.insert(values[0].clone());
    }
    assert!(drawn.len() > 2500, "spread over the file: {}", drawn.len());
}

#[test]
fn a_row_has_an_end() {
    let filler = "x".repeat(17 << 20);
    for (text, line, reason) in [
        (
            format!("id\n1\n{filler}"),
            3,
            "this row is longer than 16 MiB",
        ),
        (filler.clone(), 1, "this row is longer than 16 MiB"),
        (format!("id\n\"{filler}"), 2, "the quote that opens here is"),
        (format!("id\na\"{filler}"), 2, "a quote within a field"),
    ] {
        let file = file("users.csv", text);
        let error = open(csv(&file.path), &["id"]).expect_err(reason);
        assert!(error.kind.to_string().starts_with(reason), "{error}");
        assert_eq!(error.place.map(|place| place.line), Some(line));
    }
    let file = file("users.csv", format!("id\n1\n{}\n2", &filler[..15 << 20]));
    let feeders = open(csv(&file.path), &["id"]).expect("large rows");
    let lengths = rows(&feeders, 1)
        .iter()
        .map(|row| row[0].len())
        .collect::<Vec<_>>();
    assert_eq!(lengths, [1, 15 << 20, 1]);
}

/// A field of a CSV line, plain or in quotes.
const FIELD: &str = "[ab é]{0,5}|\"([ab,é\r\n]|\"\"){0,5}\"";

proptest! {
    /// What we take for CSV, the `csv` crate takes for the same rows.
    #[test]
    fn csv_is_read_as_the_csv_crate_reads_it(
        lines in proptest::collection::vec((FIELD, FIELD, "\r?\n(\r?\n)?"), 1..20),
        last in "([ab,]|\"[a,\n]*(\"\")?\"|\r?\n|,){0,6}",
    ) {
        let lines = lines.iter().map(|(x, y, end)| format!("{x},{y}{end}"));
        let text = format!("x,y\n{}", lines.collect::<String>());
        let sound = file("sound.csv", &text);
        let odd = file("odd.csv", text + &last);
        prop_assert!(open(csv(&sound.path), &["x", "y"]).is_ok());
        for file in [sound, odd] {
            let Ok(feeders) = open(csv(&file.path), &["x", "y"]) else { continue };
            let mut oracle = ::csv::ReaderBuilder::new().from_path(&file.path).expect("a file");
            let expected: Vec<Vec<String>> = oracle
                .records()
                .map(|record| record.expect("as wide").iter().map(str::to_owned).collect())
                .collect();
            prop_assert_eq!(rows(&feeders, 2), expected);
        }
    }

    /// Whatever the file holds, it is rows or an error.
    #[test]
    fn no_file_brings_it_down(bytes in proptest::collection::vec(any::<u8>(), 0..200), head in "(x\n)?|\\[?\\{?") {
        let file = file("any", [head.as_bytes(), &bytes].concat());
        for source in [csv(&file.path), json(&file.path)] {
            if let Ok(feeders) = open(source, &["x"]) {
                prop_assert!(!rows(&feeders, 1).is_empty());
            }
        }
    }

    /// What `serde_json` takes for objects are rows of the same values.
    #[test]
    fn json_is_read_as_serde_json_reads_it(
        values in proptest::collection::vec((any::<String>(), any::<i64>(), any::<bool>()), 1..20),
        array: bool,
    ) {
        let values: Vec<_> = values
            .iter()
            .map(|(s, i, b)| serde_json::json!({"s": s, "n": [i, {"s": s}], "b": b}))
            .collect();
        let text = if array {
            serde_json::to_string_pretty(&values).expect("JSON")
        } else {
            values.iter().map(|value| format!("{value}\n")).collect()
        };
        let file = file("any.json", text);
        let feeders = open(json(&file.path), &["s", "n", "b"]).expect("rows");
        let read = rows(&feeders, 3);
        prop_assert_eq!(read.len(), values.len());
        for (row, value) in read.iter().zip(&values) {
            prop_assert_eq!(Some(row[0].as_str()), value["s"].as_str());
            let nested: serde_json::Value = serde_json::from_str(&row[1]).expect("JSON");
            prop_assert_eq!(&nested, &value["n"]);
            prop_assert_eq!(&row[2], &value["b"].to_string());
        }
    }
}
