use rtest_core::metric::builtin_metric;
use rtest_core::usage::UsageMetric;
use rtest_metrics::{RunRecord, Verdict};
use rtest_report::reporter;
use serde_json::Value;

use crate::scenes;

fn summary(record: &RunRecord) -> Value {
    let json = reporter("json").expect("json is a format");
    let bytes = json
        .render(record, &Verdict::of(record))
        .expect("a summary of anything");
    serde_json::from_slice(&bytes).expect("JSON")
}

fn keys(value: &Value) -> Vec<&str> {
    let object = value.as_object().expect("an object");
    object.keys().map(String::as_str).collect()
}

/// What k6 gives to `handleSummary`, as its documentation describes it: of every metric its
/// `type`, what it `contains`, and the `values` of the type; thresholds where there are any.
fn check_metric(name: &str, metric: &Value) -> Result<(), String> {
    let kind = metric["type"].as_str().ok_or("no type")?;
    let numbers = match kind {
        "counter" => ["count", "rate"].as_slice(),
        "gauge" => &["value", "min", "max"],
        "rate" => &["rate", "passes", "fails"],
        "trend" => &[
            "avg", "min", "med", "max", "p(90)", "p(95)", "p(99)", "p(99.9)", "count",
        ],
        other => return Err(format!("{name}: type {other}")),
    };
    // Of a suite's own metrics it is what the suite says.
    let contains = match builtin_metric(name) {
        Some(_) if name.starts_with("data_") => &["data"][..],
        Some(_) if kind == "trend" => &["time"],
        Some(_) => &["default"],
        None if UsageMetric::named(name).is_some() => &["data", "default"],
        None => &["time", "default"],
    };
    if !contains.iter().any(|word| metric["contains"] == *word) {
        return Err(format!("{name} contains {}", metric["contains"]));
    }
    if keys(&metric["values"]) != numbers {
        return Err(format!("{name} has {:?}", keys(&metric["values"])));
    }
    if !numbers.iter().all(|key| metric["values"][key].is_number()) {
        return Err(format!("{name}: {}", metric["values"]));
    }
    let thresholds = metric["thresholds"].as_object();
    for (threshold, result) in thresholds.into_iter().flatten() {
        if keys(result) != ["ok"] || !result["ok"].is_boolean() {
            return Err(format!("{name} {threshold}: {result}"));
        }
    }
    Ok(())
}

#[test]
fn metrics_have_the_shape_of_k6s_summary_data() {
    let mut seen = 0;
    for (name, scene) in scenes::all().into_iter().chain(scenes::recorded()) {
        let summary = summary(&scene.record());
        assert_eq!(
            keys(&summary),
            ["metrics", "root_group", "options", "state", "rtest"],
            "{name}"
        );
        let metrics = summary["metrics"].as_object().expect("metrics");
        for (metric, value) in metrics {
            check_metric(metric.split('{').next().expect("a name"), value).expect(name);
            seen += 1;
        }
        assert_eq!(
            keys(&summary["state"]),
            ["isStdErrTTY", "isStdOutTTY", "testRunDurationMs"]
        );
        let group = &summary["root_group"];
        assert_eq!(group["id"], "d41d8cd98f00b204e9800998ecf8427e");
        check_group(group);
    }
    assert!(seen > 60, "{seen}");
}

fn check_group(group: &Value) {
    assert_eq!(keys(group), ["name", "path", "id", "groups", "checks"]);
    for check in group["checks"].as_array().expect("checks") {
        assert_eq!(keys(check), ["name", "path", "id", "passes", "fails"]);
    }
    for group in group["groups"].as_array().expect("groups") {
        check_group(group);
    }
}

#[test]
fn groups_stand_in_the_root_group_and_own_metrics_among_the_metrics_as_k6_has_them() {
    let summary = summary(&scenes::journey().record());
    let checkout = &summary["root_group"]["groups"][1];
    assert_eq!(checkout["path"], "::checkout");
    let pay = &checkout["groups"][0];
    assert_eq!(
        (&pay["name"], &pay["path"]),
        (&"pay".into(), &"::checkout::pay".into())
    );
    assert_eq!(pay["checks"][0]["path"], "::checkout::pay::status 201");
    let metrics = &summary["metrics"];
    assert_eq!(metrics["coupons"]["type"], "counter");
    assert_eq!(metrics["coupons"]["contains"], "default");
    assert_eq!(metrics["basket"]["type"], "gauge");
    assert_eq!(metrics["render_time"]["contains"], "time");
    assert_eq!(metrics["group_duration"]["type"], "trend");
    let part = &metrics["group_duration{group:::checkout::pay}"];
    assert_eq!(part["thresholds"]["p(95)<100"]["ok"], true);
    assert_eq!(summary["rtest"]["run"]["parts"][2]["shard"], "3/3");
}

#[test]
fn a_part_of_a_load_says_so_and_judges_no_threshold() {
    let mut scene = scenes::journey();
    scene.header.parts.clear();
    scene.header.shard = Some("2/3".to_owned());
    let record = scene.record();
    let summary = summary(&record);
    assert_eq!(summary["rtest"]["run"]["shard"], "2/3");
    assert_eq!(summary["metrics"]["coupons"].get("thresholds"), None);
    let text = reporter("text").expect("a format");
    let text = text.render(&record, &Verdict::of(&record)).expect("text");
    let text = String::from_utf8(text).expect("UTF-8");
    assert!(text.contains("This is part 2/3 of a load."), "{text}");
}

#[test]
fn a_metric_of_another_shape_is_told_apart() {
    for broken in [
        serde_json::json!({"type": "trend", "contains": "time", "values": {"avg": 1.0}}),
        serde_json::json!({"type": "counter", "contains": "default", "values": {"count": 1, "rate": null}}),
        serde_json::json!({"type": "sum", "contains": "default", "values": {}}),
    ] {
        assert!(check_metric("http_reqs", &broken).is_err(), "{broken}");
    }
}

#[test]
fn numbers_mean_what_they_mean_in_k6() {
    let summary = summary(&scenes::quickstart().record());
    let metrics = &summary["metrics"];
    // Of a rate, `passes` counts what is true: for `http_req_failed`, the failed ones.
    assert_eq!(metrics["http_req_failed"]["values"]["passes"], 42);
    assert_eq!(metrics["http_req_failed"]["values"]["fails"], 3958);
    assert_eq!(metrics["http_reqs"]["values"]["count"], 4000);
    assert_eq!(metrics["http_reqs"]["values"]["rate"], 200.0);
    assert_eq!(summary["state"]["testRunDurationMs"], 20_000.0);
    let checks = &summary["root_group"]["checks"];
    assert_eq!(checks[0]["path"], "::status 200");
    assert_eq!(checks[0]["passes"], 2758);
    assert_eq!(checks[0]["fails"], 42);
    // The part that a threshold selects by tags is a metric of its own.
    let part = &metrics["http_req_duration{endpoint:/cart}"];
    assert_eq!(part["values"]["count"], 1200);
    assert_eq!(part["thresholds"]["p(95)<300"]["ok"], true);
    let trend = &metrics["http_req_duration"]["values"];
    let ascending = ["min", "med", "p(90)", "p(95)", "p(99)", "p(99.9)", "max"];
    let values: Vec<f64> = ascending
        .iter()
        .map(|key| trend[key].as_f64().expect("a number"))
        .collect();
    assert!(values.is_sorted(), "{values:?}");
}

#[test]
fn a_failed_threshold_is_not_ok_and_neither_is_one_without_samples() {
    let canary = summary(&scenes::canary().record());
    let thresholds = &canary["metrics"]["http_req_duration"]["thresholds"];
    assert_eq!(thresholds["p(95)<300"]["ok"], false);
    assert_eq!(canary["rtest"]["outcome"], "failed");

    let nothing = summary(&scenes::environment_failed().record());
    let metric = &nothing["metrics"]["http_req_duration"];
    assert_eq!(metric["values"]["count"], 0);
    assert_eq!(metric["thresholds"]["p(95)<300"]["ok"], false);
}

#[test]
fn what_k6_has_no_word_for_is_under_one_key() {
    let canary = summary(&scenes::canary().record());
    let extras = &canary["rtest"];
    let phases: Vec<&str> = extras["load"]["phases"]
        .as_array()
        .expect("phases")
        .iter()
        .map(|phase| phase["phase"].as_str().expect("a word"))
        .collect();
    assert_eq!(
        phases,
        ["before", "during", "between", "during", "after", "whole"]
    );
    let gate = &extras["gates"][1];
    assert_eq!(gate["span"]["line"], 20);
    assert_eq!(gate["span"]["column"], 25);
    let mismatch = &extras["contracts"]["interactions"][0]["mismatches"][0];
    assert_eq!(mismatch["location"], "body $.email");
    assert_eq!(mismatch["span"]["line"], 12);
    assert_eq!(extras["faults"][1]["clean"], false);
    assert_eq!(extras["sims"][0]["failures"][0]["seed"], 17);
    assert_eq!(extras["load"]["scenarios"][0]["offered"], 4000);
    assert_eq!(extras["run"]["seed"], 42);
}
