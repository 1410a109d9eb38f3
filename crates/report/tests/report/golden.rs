//! Reports against the files in `reports/golden`, byte for byte. `RTEST_BLESS=1` writes them
//! anew, and records the runs of `fixtures/records` that are not there yet.

use std::fs;
use std::path::{Path, PathBuf};

use rtest_metrics::record;
use rtest_metrics::{RunRecord, Verdict};
use rtest_report::{formats, reporter};

use crate::scenes;

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(path)
}

fn blessed() -> bool {
    std::env::var_os("RTEST_BLESS").is_some_and(|value| value == "1")
}

fn extension(format: &str) -> &str {
    match format {
        "junit" => "xml",
        "text" => "txt",
        other => other,
    }
}

fn compare(name: &str, record: &RunRecord) -> Vec<String> {
    let verdict = Verdict::of(record);
    let mut differences = Vec::new();
    for format in formats() {
        let rendered = reporter(format)
            .expect("a listed format has its reporter")
            .render(record, &verdict)
            .expect(format);
        let file = format!("reports/golden/{name}.{}", extension(format));
        let path = root(&file);
        if blessed() {
            fs::create_dir_all(path.parent().expect("a folder")).expect("reports/golden");
            fs::write(&path, rendered).expect("golden file");
        } else if fs::read(&path).ok().as_deref() != Some(&rendered) {
            let at = std::env::temp_dir().join(format!("rtest-{name}.{}", extension(format)));
            fs::write(&at, rendered).expect("temporary file");
            differences.push(format!("{file} differs from {}", at.display()));
        }
    }
    differences
}

#[test]
fn runs_made_by_hand_are_rendered_as_before() {
    let differences: Vec<String> = scenes::all()
        .iter()
        .flat_map(|(name, scene)| compare(name, &scene.record()))
        .collect();
    assert!(
        differences.is_empty(),
        "{differences:#?}\nlook at them, then bless with RTEST_BLESS=1"
    );
}

#[test]
fn recorded_runs_are_rendered_as_before() {
    let records = root("fixtures/records");
    if blessed() {
        for (name, scene) in scenes::recorded() {
            let folder = records.join(name);
            if !folder.exists() {
                scene.write(&folder);
                if scene.ending.is_none() {
                    tear(&folder.join("events.jsonl"));
                }
            }
        }
    }
    let mut folders: Vec<PathBuf> = fs::read_dir(&records)
        .expect("fixtures/records")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    assert!(!folders.is_empty(), "there is no recorded run");
    let mut differences = Vec::new();
    for folder in &folders {
        let name = folder.file_name().expect("a name").to_string_lossy();
        let record = record::read(folder).expect("a record that can be read");
        differences.extend(compare(&name, &record));
    }
    assert!(
        differences.is_empty(),
        "{differences:#?}\nlook at them, then bless with RTEST_BLESS=1"
    );
}

/// As a kill leaves it: the last line half written.
fn tear(file: &Path) {
    let text = fs::read_to_string(file).expect("events");
    fs::write(file, &text[..text.len() - 40]).expect("events");
}
