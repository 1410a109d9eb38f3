//! Thresholds on what services use, holding and broken.

use serde_json::Value;

use crate::binary::{run_folder, run_suite};
use crate::containers::has_docker;

/// A short load on a built-in service, with thresholds on what is used.
fn suite(services: &str, thresholds: &str) -> String {
    format!(
        "
name: used
environment:
  services:
    catalog: {{ builtin: catalog }}
{services}load:
  target: catalog
  scenarios:
    browse: {{ executor: constant-arrival-rate, rate: 20/s, duration: 3s, flow: [{{ get: /health }}] }}
  thresholds:
{thresholds}"
    )
}

fn report(out: &std::path::Path) -> Value {
    let text = std::fs::read_to_string(run_folder(out).join("report.json")).expect("a report");
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn a_threshold_on_a_process_holds_or_fails_the_run_and_says_when() {
    let out = tempfile::tempdir().expect("a folder");
    let holding = suite(
        "",
        "    service.catalog.memory: [\"max<2GB\", \"min>100KB\"]\n    service.catalog.cpu: [\"avg<6400%\"]\n    service.catalog.restarts: [\"count<1\"]\n",
    );
    let ran = run_suite(&holding, out.path(), &[]);
    ran.exits(0).shows("ready in ").shows("rtest itself");
    let report = report(out.path());
    let startup = &report["rtest"]["startup"]["critical_path"];
    assert_eq!(startup[0]["service"], "catalog", "{startup}");
    let used = report["rtest"]["usage"].as_array().expect("a list");
    let catalog = used.iter().find(|it| it["service"] == "catalog");
    let quantities = &catalog.expect("it was looked at")["quantities"];
    let memory = quantities.as_array().expect("a list");
    let memory = memory.iter().find(|it| it["name"] == "memory");
    let whole = &memory.expect("it was looked at")["phases"][0];
    assert_eq!(whole["phase"], "whole");
    assert!(
        whole["max"].as_f64().is_some_and(|bytes| bytes > 1e5),
        "{whole}"
    );

    let out = tempfile::tempdir().expect("a folder");
    let broken = suite("", "    service.catalog.memory: [\"max<100KB\"]\n");
    run_suite(&broken, out.path(), &[])
        .exits(1)
        .shows("service.catalog.memory max<100000")
        .shows("samples are beyond it");
}

#[test]
fn a_threshold_on_a_container_holds_or_fails_the_run() {
    if !has_docker() {
        return;
    }
    let cache = "    cache: { container: \"redis:7\" }\n";
    let out = tempfile::tempdir().expect("a folder");
    let holding = suite(
        cache,
        "    service.cache.connections: [\"max<50\"]\n    service.cache.memory: [\"max<1GB\"]\n    service.cache.oom_kills: [\"count<1\"]\n",
    );
    run_suite(&holding, out.path(), &[]).exits(0);
    let out = tempfile::tempdir().expect("a folder");
    let broken = suite(
        cache,
        "    service.cache.memory: [\"max<100KB\"]\n    service.cache.connections: [\"min>0\"]\n",
    );
    run_suite(&broken, out.path(), &[])
        .exits(1)
        .shows("2 of ")
        .shows("service.cache.memory max<100000")
        .shows("service.cache.connections min>0");
}

#[test]
fn a_service_that_is_not_there_is_named_before_anything_starts() {
    let out = tempfile::tempdir().expect("a folder");
    let wrong = suite("", "    service.catalogue.memory: [\"max<1GB\"]\n");
    run_suite(&wrong, out.path(), &[])
        .exits(2)
        .shows("there is no service `catalogue`")
        .shows("did you mean `catalog`?");
}
