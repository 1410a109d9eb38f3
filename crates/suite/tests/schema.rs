//! The JSON Schema: what is committed is what is generated, it knows the keys that the reader
//! knows and no others, and an independent validator agrees with the reader.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rtest_suite::{Inputs, json_schema};
use serde_json::Value;

const COMMITTED: &str = "../../reports/schema/suite.schema.json";
/// Together they have every key; some exclude each other.
const EVERY_KEY: [&str; 7] = [
    "tests/suites/every-case.yaml",
    "tests/suites/every-contract.yaml",
    "tests/suites/every-service.yaml",
    "tests/suites/every-key.yaml",
    "tests/suites/every-fault.yaml",
    "tests/suites/every-load-key.yaml",
    "tests/suites/over-tls.yaml",
];

fn generated() -> String {
    serde_json::to_string_pretty(&json_schema()).expect("a value is JSON") + "\n"
}

fn instance(path: &Path) -> Value {
    let text = fs::read_to_string(path).expect("a suite that is there");
    let options = serde_yaml::options! {
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
    };
    serde_yaml::from_str_with_options(&text, options).expect("YAML")
}

#[test]
fn the_committed_schema_is_the_generated_one() {
    if std::env::var_os("RTEST_BLESS").is_some() {
        fs::write(COMMITTED, generated()).expect("writable");
    }
    let committed = fs::read_to_string(COMMITTED).unwrap_or_default();
    assert!(
        committed == generated(),
        "{COMMITTED} is out of date; RTEST_BLESS=1 writes it anew"
    );
}

/// Follows a reference to a definition; its place is the definition's, wherever it is used.
fn resolved<'a>(root: &'a Value, schema: &'a Value, place: &str) -> (&'a Value, String) {
    match schema["$ref"].as_str() {
        Some(reference) => {
            let pointer = reference.trim_start_matches('#');
            let definition = root.pointer(pointer).expect("a definition of the schema");
            (definition, reference.to_owned())
        }
        None => (schema, place.to_owned()),
    }
}

/// The alternatives that take this value by its type.
fn fitting<'a>(schema: &'a Value, value: &Value) -> Vec<&'a Value> {
    let Some(alternatives) = schema["anyOf"].as_array() else {
        let fits = match value {
            Value::Object(entries) => {
                let keys = schema["properties"].as_object();
                let has = |key: &String| keys.is_none_or(|keys| keys.contains_key(key));
                schema["type"] == "object" && entries.keys().all(has)
            }
            Value::Array(_) => schema["type"] == "array",
            _ => false,
        };
        return fits.then_some(schema).into_iter().collect();
    };
    let all = alternatives.iter();
    all.flat_map(|one| fitting(one, value)).collect()
}

/// Walks suite and schema together. `keys` gathers every key of the schema that is met, with
/// whether the suite has it.
fn walk(
    root: &Value,
    schema: &Value,
    value: &Value,
    place: &str,
    keys: &mut BTreeMap<String, bool>,
) {
    let (schema, place) = resolved(root, schema, place);
    if schema["anyOf"].is_array() {
        for alternative in fitting(schema, value) {
            walk(root, alternative, value, &place, keys);
        }
        return;
    }
    match value {
        Value::Array(items) => {
            for item in items {
                walk(root, &schema["items"], item, &place, keys);
            }
        }
        Value::Object(entries) => match schema["properties"].as_object() {
            Some(properties) => {
                for (key, property) in properties {
                    let place = format!("{place}/{key}");
                    *keys.entry(place.clone()).or_default() |= entries.contains_key(key);
                    if let Some(value) = entries.get(key) {
                        walk(root, property, value, &place, keys);
                    }
                }
                for key in entries.keys() {
                    assert!(
                        properties.contains_key(key),
                        "{place}/{key} is not in the schema"
                    );
                }
            }
            None => {
                for value in entries.values() {
                    let place = format!("{place}/*");
                    walk(root, &schema["additionalProperties"], value, &place, keys);
                }
            }
        },
        _ => {}
    }
}

#[test]
fn schema_and_reader_know_the_same_keys() {
    let variables = [("API_TOKEN", "s3cret-token"), ("MAX_VUS", "30")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
    let inputs = Inputs {
        variables: BTreeMap::from(variables),
        has_goose: true,
    };
    let schema = json_schema();
    let mut keys = BTreeMap::new();
    for suite in EVERY_KEY.map(Path::new) {
        rtest_suite::load(suite, &inputs).expect("the reader knows every key");
        walk(&schema, &schema, &instance(suite), "", &mut keys);
    }
    // What is adapted of a service are its keys, which are met where services are.
    let unused: BTreeSet<&String> = keys
        .iter()
        .filter(|(key, used)| !**used && !key.starts_with("/environment/adapt/"))
        .map(|(key, _)| key)
        .collect();
    assert!(unused.is_empty(), "{EVERY_KEY:?} lack {unused:?}");
    assert!(keys.len() > 180, "only {} keys were met", keys.len());
}

#[test]
fn every_key_is_described() {
    fn look(schema: &Value, place: &str) {
        for (key, property) in schema["properties"].as_object().into_iter().flatten() {
            let place = format!("{place}/{key}");
            let description = property["description"].as_str().unwrap_or_default();
            assert!(description.len() > 5, "{place} has no description");
            look(property, &place);
            look(&property["items"], &place);
            look(&property["additionalProperties"], &place);
        }
    }
    let schema = json_schema();
    look(&schema, "");
    for (name, definition) in schema["definitions"].as_object().into_iter().flatten() {
        look(definition, name);
    }
}

/// Asks Python's `jsonschema` which of the suites are valid; `None` where it is not installed.
fn valid(suites: &[PathBuf]) -> Option<Vec<bool>> {
    const PROGRAM: &str = "
import json, sys
from jsonschema import Draft7Validator
asked = json.load(sys.stdin)
Draft7Validator.check_schema(asked['schema'])
validator = Draft7Validator(asked['schema'])
json.dump([validator.is_valid(suite) for suite in asked['suites']], sys.stdout)
";
    let asked = serde_json::json!({
        "schema": json_schema(),
        "suites": suites.iter().map(|path| instance(path)).collect::<Vec<_>>(),
    });
    let mut python = Command::new("python3")
        .args(["-W", "ignore", "-c", PROGRAM])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .ok()?;
    let stdin = python.stdin.take().expect("it is piped");
    serde_json::to_writer(stdin, &asked).ok()?;
    let output = python.wait_with_output().ok()?;
    let errors = String::from_utf8_lossy(&output.stderr);
    if errors.contains("ModuleNotFoundError") {
        return None;
    }
    assert!(output.status.success(), "{errors}");
    Some(serde_json::from_slice(&output.stdout).expect("a list of booleans"))
}

#[test]
fn an_independent_validator_agrees_with_the_reader() {
    // What a schema can see; references and rules between sections it cannot.
    let malformed = [
        "bad-capture",
        "bad-duration",
        "bad-feeder",
        "bad-http",
        "bad-metric",
        "bad-ramp",
        "bad-rate",
        "bad-steps",
        "executor-keys",
        "two-verbs",
        "unknown-key",
        "unsupported-keys",
        "untyped-values",
        "wrong-type",
    ]
    .map(|name| PathBuf::from(format!("../../fixtures/malformed/{name}.yaml")));
    let suites = [EVERY_KEY.map(PathBuf::from).to_vec(), malformed.into()].concat();
    let Some(valid) = valid(&suites) else {
        eprintln!("NOT TESTED: the schema against Python's jsonschema, which is not installed");
        return;
    };
    for (suite, valid) in suites.iter().zip(valid) {
        assert_eq!(
            valid,
            suite.starts_with("tests/suites"),
            "{}",
            suite.display()
        );
    }
}

#[test]
fn the_shipped_suites_are_valid() {
    let folders = ["../../suites", "../../suites/broken"];
    let mut suites: Vec<PathBuf> = folders
        .into_iter()
        .filter_map(|folder| fs::read_dir(folder).ok())
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "yaml")
        })
        .collect();
    suites.sort();
    if suites.is_empty() {
        eprintln!("NOT TESTED: there are no suites in {folders:?}");
        return;
    }
    for suite in &suites {
        if let Err(errors) = rtest_suite::load(suite, &Inputs::default()) {
            let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
            panic!("{}", errors.join("\n\n"));
        }
        let schema = json_schema();
        walk(&schema, &schema, &instance(suite), "", &mut BTreeMap::new());
    }
    match valid(&suites) {
        None => eprintln!(
            "NOT TESTED: the shipped suites against Python's jsonschema, which is not installed"
        ),
        Some(valid) => {
            for (suite, valid) in suites.iter().zip(valid) {
                assert!(valid, "{} does not fit the schema", suite.display());
            }
        }
    }
}
