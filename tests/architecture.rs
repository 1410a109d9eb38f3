//! The house's arrows, enforced: `docs/ARCHITECTURE.md` draws what this test checks.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, MetadataCommand};

/// Crate → the crates of the house that it may depend on. `rtest` may depend on all of them.
const ARROWS: [(&str, &[&str]); 16] = [
    ("rtest-core", &[]),
    ("rtest-suite", &["rtest-core"]),
    ("rtest-env", &["rtest-core", "rtest-store"]),
    ("rtest-timer", &["rtest-core"]),
    ("rtest-store", &["rtest-core"]),
    ("rtest-load", &["rtest-core", "rtest-timer"]),
    // Another driver of the same load, in the same words.
    ("rtest-goose", &["rtest-core", "rtest-load"]),
    ("rtest-proxy", &["rtest-core", "rtest-timer"]),
    ("rtest-case", &["rtest-core", "rtest-store"]),
    ("rtest-contract", &["rtest-core", "rtest-store"]),
    ("rtest-runtime", &["rtest-core"]),
    ("rtest-chaos", &["rtest-core", "rtest-proxy", "rtest-store"]),
    ("rtest-metrics", &["rtest-core"]),
    ("rtest-report", &["rtest-core", "rtest-metrics"]),
    (
        "rtest-run",
        &[
            "rtest-core",
            "rtest-metrics",
            "rtest-env",
            "rtest-case",
            "rtest-load",
            "rtest-goose",
            "rtest-proxy",
            "rtest-chaos",
            "rtest-contract",
            "rtest-runtime",
        ],
    ),
    // The system under test: it knows nothing of what tests it.
    ("rtest-sample", &["rtest-core"]),
];

/// What the vocabulary must never need: I/O, an async runtime, YAML, HTTP.
const FOREIGN_TO_CORE: [&str; 6] = [
    "tokio",
    "hyper",
    "reqwest",
    "serde_yaml",
    "serde-saphyr",
    "serde",
];

/// Workspace crate → its direct, normal dependencies.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let metadata = MetadataCommand::new()
        .manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .no_deps()
        .exec()
        .expect("cargo metadata of this workspace");
    metadata
        .workspace_packages()
        .into_iter()
        .map(|package| {
            let names = package
                .dependencies
                .iter()
                .filter(|dependency| dependency.kind == DependencyKind::Normal)
                .map(|dependency| dependency.name.clone())
                .collect();
            (package.name.to_string(), names)
        })
        .collect()
}

fn forbidden(
    dependencies: &BTreeMap<String, BTreeSet<String>>,
    arrows: &[(&str, &[&str])],
) -> Vec<String> {
    let mut found = Vec::new();
    for (name, direct) in dependencies {
        if name == "rtest" {
            continue;
        }
        let Some((_, allowed)) = arrows.iter().find(|(known, _)| known == name) else {
            found.push(format!("{name} has no room in the house"));
            continue;
        };
        for dependency in direct
            .iter()
            .filter(|dependency| dependency.starts_with("rtest"))
        {
            if !allowed.contains(&dependency.as_str()) {
                found.push(format!("{name} -> {dependency}"));
            }
        }
    }
    found
}

#[test]
fn no_crate_depends_on_one_that_it_may_not() {
    assert_eq!(forbidden(&dependencies(), &ARROWS), Vec::<String>::new());
}

#[test]
fn every_room_is_lived_in() {
    let dependencies = dependencies();
    for (name, _) in ARROWS {
        assert!(
            dependencies.contains_key(name),
            "{name} is drawn and does not exist"
        );
        let is_used = dependencies.values().any(|direct| direct.contains(name));
        assert!(is_used, "nothing uses {name}");
    }
}

#[test]
fn the_vocabulary_does_no_io() {
    let core = &dependencies()["rtest-core"];
    for foreign in FOREIGN_TO_CORE {
        assert!(!core.contains(foreign), "rtest-core depends on {foreign}");
    }
}

/// The check itself can fail.
#[test]
fn an_arrow_that_is_not_drawn_is_found() {
    let mut dependencies = dependencies();
    dependencies
        .get_mut("rtest-load")
        .expect("drawn")
        .insert("rtest-proxy".to_owned());
    dependencies.insert("rtest-util".to_owned(), BTreeSet::new());
    let found = forbidden(&dependencies, &ARROWS);
    assert_eq!(
        found,
        [
            "rtest-load -> rtest-proxy",
            "rtest-util has no room in the house"
        ]
    );
}
