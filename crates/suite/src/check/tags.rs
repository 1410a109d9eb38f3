//! Tags: those that the suite sets, and those that a threshold may select by.

use std::collections::{BTreeMap, BTreeSet};

use rtest_core::metric::MetricSelector;
use rtest_core::plan::{FaultPlan, Step, StepKind};
use rtest_core::sample::ErrorKind;
use rtest_core::usage::UsageMetric;
use rtest_core::{Code, Diagnostic, Span};

use crate::check::load::Driven;
use crate::collection::Named;
use crate::diagnostics::Diagnostics;
use crate::file::SuiteFile;
use crate::shape::{Field, quoted_list, suggestion};

/// Tags that samples carry without being asked to.
const BUILTIN: [&str; 12] = [
    "scenario",
    "endpoint",
    "method",
    "status",
    "expected_response",
    "error",
    "window",
    "fault",
    "check",
    "group",
    "contract",
    "interaction",
];

/// The tags that a scenario or a step sets.
pub(super) fn own(tags: &Field<Named<String>>, found: &mut Diagnostics) -> Vec<(String, String)> {
    let mut own = Vec::new();
    for entry in tags.value().map(|named| &named.0).into_iter().flatten() {
        let name = &entry.name;
        let is_name = !name.value.is_empty()
            && name
                .value
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'));
        let message = if BUILTIN.contains(&name.value.as_str()) {
            Some(format!("every sample has its own `{}`", name.value))
        } else if !is_name {
            Some(format!("`{}` cannot be the name of a tag", name.value))
        } else {
            None
        };
        if let Some(message) = message {
            found.add(Diagnostic::new(Code::OutOfRange, message).at(&name.span));
        }
        let Some((name, value)) = entry.given() else {
            continue;
        };
        if !is_selectable(&value.value) {
            found.add(
                Diagnostic::new(Code::OutOfRange, "this cannot be the value of a tag")
                    .at(&value.span)
                    .hint(SELECTABLE),
            );
        }
        own.push((name.value.clone(), value.value.clone()));
    }
    own
}

/// What a tag's value may not hold, or no threshold could name it.
pub(super) const SELECTABLE: &str = "it is one line without `,`, `{`, `}` and quotes";

/// Whether a threshold can name the value.
pub(super) fn is_selectable(value: &str) -> bool {
    !value.is_empty()
        && value.trim() == value
        && !value.contains(|c: char| c.is_control() || matches!(c, ',' | '{' | '}' | '"' | '\''))
}

/// Every tag that samples of the suite will carry, with its values where they are known
/// beforehand.
#[derive(Debug, Default)]
pub(super) struct Tags {
    requests: Values,
    checks: Values,
    contracts: Values,
    iterations: Values,
    groups: Values,
    /// What is known of services has no more than the time at which it was seen.
    services: Values,
    /// Those of the suite's own metrics, by their names.
    metrics: BTreeMap<String, Values>,
    /// Whether all of load and faults could be read: then a tag that is not here is an error.
    is_complete: bool,
}

/// `None` where the values are not known beforehand.
type Values = BTreeMap<String, Option<BTreeSet<String>>>;

impl Tags {
    /// The tags of this load under these faults.
    pub(super) fn of(driven: &Driven, suite: &SuiteFile, faults: Option<&[FaultPlan]>) -> Self {
        let mut tags = Self {
            is_complete: driven.is_complete && has_all_faults(suite, faults),
            ..Self::default()
        };
        tags.requests.insert("status".to_owned(), None);
        for value in ["true", "false"] {
            insert(&mut tags.requests, "expected_response", value);
        }
        for (name, _) in ErrorKind::NAMES {
            insert(&mut tags.requests, "error", name);
        }
        for scenario in &driven.scenarios {
            let mut of_scenario = vec![("scenario", scenario.name.as_str())];
            of_scenario.extend(pairs(&scenario.tags));
            insert_all(&mut tags.iterations, &of_scenario);
            let groups: Vec<String> = scenario.groups().iter().map(|path| tag(path)).collect();
            if !groups.is_empty() {
                insert_all(&mut tags.groups, &of_scenario);
            }
            for group in &groups {
                insert(&mut tags.groups, "group", group);
            }
            if has_contract(&scenario.flow) {
                for values in [&mut tags.requests, &mut tags.contracts] {
                    insert_all(values, &of_scenario);
                    for group in &groups {
                        insert(values, "group", group);
                    }
                }
            }
            for one in scenario.requests() {
                let request = one.request;
                let mut of_request = of_scenario.clone();
                of_request.push(("endpoint", &request.endpoint));
                of_request.push(("method", &request.method));
                of_request.extend(pairs(&request.tags));
                let group = tag(&one.groups.join("::"));
                if !one.groups.is_empty() {
                    of_request.push(("group", &group));
                }
                insert_all(&mut tags.requests, &of_request);
                if !request.checks.is_empty() {
                    insert_all(&mut tags.checks, &of_request);
                }
                for check in &request.checks {
                    insert(&mut tags.checks, "check", &check.name);
                }
                for measure in &request.measures {
                    if let Some(name) = driven.metrics.names().nth(measure.metric.into()) {
                        let values = tags.metrics.entry(name.to_owned()).or_default();
                        insert_all(values, &of_request);
                    }
                }
            }
        }
        if driven.scenarios.iter().any(|it| has_contract(&it.flow)) {
            // What is in the contracts is not known before they are read.
            for name in ["contract", "endpoint", "interaction", "method"] {
                tags.requests.insert(name.to_owned(), None);
                tags.contracts.insert(name.to_owned(), None);
            }
        }
        if let Some(faults) = faults {
            let own = tags.metrics.values_mut();
            let all = [
                &mut tags.requests,
                &mut tags.checks,
                &mut tags.contracts,
                &mut tags.groups,
                &mut tags.services,
            ];
            for values in all.into_iter().chain(own) {
                for window in ["before", "during", "after"] {
                    insert(values, "window", window);
                }
                for fault in faults {
                    insert(values, "fault", &fault.name);
                    insert(values, "fault", &fault.series);
                }
            }
        }
        tags
    }

    /// Reports every tag of the selector that no sample carries.
    pub(super) fn check(&self, selector: &MetricSelector, span: &Span, found: &mut Diagnostics) {
        if !self.is_complete {
            return;
        }
        let carried = match selector.name.as_str() {
            own if self.metrics.contains_key(own) => &self.metrics[own],
            of_service if UsageMetric::split(of_service).is_some() => &self.services,
            "checks" => &self.checks,
            "contract_violations" => &self.contracts,
            "group_duration" => &self.groups,
            "dropped_iterations" | "iteration_duration" | "iterations" | "vus" | "vus_max" => {
                &self.iterations
            }
            _ => &self.requests,
        };
        for (name, value) in &selector.tags {
            let diagnostic = match carried.get(name) {
                None => unknown_tag(selector, name, carried),
                Some(None) => continue,
                Some(Some(values)) if values.contains(value) => continue,
                Some(Some(values)) => {
                    let diagnostic = Diagnostic::new(
                        Code::UnknownTag,
                        format!("no sample carries the tag `{name}:{value}`"),
                    );
                    match suggestion(value, values.iter().map(String::as_str), "its values are") {
                        Some(hint) => diagnostic.hint(hint),
                        None => diagnostic,
                    }
                }
            };
            found.add(diagnostic.at(span));
        }
    }
}

/// Whether interactions of contracts are among the steps.
fn has_contract(steps: &[Step]) -> bool {
    steps.iter().any(|step| {
        let within = step.kind.children();
        matches!(step.kind, StepKind::Contract(_)) || within.into_iter().any(has_contract)
    })
}

fn has_all_faults(suite: &SuiteFile, faults: Option<&[FaultPlan]>) -> bool {
    let timeline = suite.chaos.value().and_then(|chaos| chaos.timeline.value());
    match (timeline, faults) {
        (Some(timeline), Some(faults)) => {
            let series: BTreeSet<&str> = faults.iter().map(|it| it.series.as_str()).collect();
            timeline.is_complete && timeline.items.len() == series.len()
        }
        _ => suite.chaos.is_absent(),
    }
}

/// A group as the tag `group` has it: k6 writes `::` before each name.
fn tag(path: &str) -> String {
    format!("::{path}")
}

fn pairs(tags: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    tags.iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
}

fn insert_all(values: &mut Values, tags: &[(&str, &str)]) {
    for (name, value) in tags {
        insert(values, name, value);
    }
}

fn insert(values: &mut Values, name: &str, value: &str) {
    values
        .entry(name.to_owned())
        .or_insert_with(|| Some(BTreeSet::new()))
        .get_or_insert_default()
        .insert(value.to_owned());
}

fn unknown_tag(selector: &MetricSelector, name: &str, carried: &Values) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        Code::UnknownTag,
        format!("no sample of `{}` carries the tag `{name}`", selector.name),
    );
    let names = carried.keys().map(String::as_str);
    // Where samples carry an endpoint, or are of a service, faults would give them a window too.
    let would_have = carried.contains_key("endpoint") || carried.is_empty();
    if matches!(name, "window" | "fault") && would_have {
        diagnostic.hint("the suite has no faults: they are under `chaos.timeline`")
    } else if let Some(near) = rtest_core::nearest(name, names.clone()) {
        diagnostic.hint(format!("did you mean `{near}`?"))
    } else if carried.is_empty() {
        diagnostic
            .hint("it has no tags but `window` and `fault`, and those where the suite has faults")
    } else {
        diagnostic.hint(format!("its tags are {}", quoted_list(names)))
    }
}
