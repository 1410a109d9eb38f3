use rtest_core::metric::{MetricKind, builtin_metric};
use rtest_core::plan::{CustomMetric, ScenarioPlan};
use rtest_core::{Code, Diagnostic, Span};

use crate::check::usage::ServiceMetrics;
use crate::collection::Named;
use crate::diagnostics::Diagnostics;
use crate::file::Metric;
use crate::shape::{Field, quoted_list, suggestion};
use crate::spanned::Spanned;

/// Longest name of a metric; k6's limit.
const LONGEST_NAME: usize = 128;

/// Metrics of a suite's own at most.
const MAX_METRICS: usize = 100;

/// The suite's own metrics, and those of its services.
#[derive(Debug, Default)]
pub(in crate::check) struct Metrics {
    /// Those that could be read.
    pub(super) plans: Vec<CustomMetric>,
    /// What is known of services.
    pub(in crate::check) services: ServiceMetrics,
    /// Whether that is all of them: then one that is not there is an error.
    is_complete: bool,
}

impl Metrics {
    /// Checks the names and kinds.
    pub(super) fn of(metrics: &Field<Named<Metric>>, found: &mut Diagnostics) -> Self {
        let entries = metrics.value().map(|named| named.0.as_slice());
        let entries = entries.unwrap_or_default();
        if let (Some(key), true) = (metrics.key(), entries.len() > MAX_METRICS) {
            let message = format!("a suite has at most {MAX_METRICS} metrics of its own");
            found.add(Diagnostic::new(Code::OutOfRange, message).at(key));
            return Self::default();
        }
        let plans: Vec<CustomMetric> = entries
            .iter()
            .filter_map(|entry| {
                let is_usable = check_name(&entry.name, found);
                let (name, metric) = entry.given()?;
                let (kind, is_time) = kind(&metric.value, found)?;
                is_usable.then(|| CustomMetric {
                    name: name.value.clone(),
                    kind,
                    is_time,
                    span: name.span.clone(),
                })
            })
            .collect();
        Self {
            services: ServiceMetrics::default(),
            is_complete: !matches!(metrics, Field::Faulty(_)) && plans.len() == entries.len(),
            plans,
        }
    }

    /// The metric's place among them, or a report that there is none.
    pub(super) fn place(&self, name: &str, span: &Span, found: &mut Diagnostics) -> Option<u16> {
        let place = self.plans.iter().position(|metric| metric.name == name);
        if place.is_none() && self.is_complete {
            let diagnostic = Diagnostic::new(
                Code::UnknownMetric,
                if builtin_metric(name).is_some() {
                    format!("`{name}` is measured by rtest itself")
                } else {
                    format!("the suite has no metric `{name}`")
                },
            )
            .at(span);
            let names = self.plans.iter().map(|metric| metric.name.as_str());
            found.add(
                diagnostic.hint(
                    suggestion(name, names, "its metrics are").unwrap_or_else(|| {
                        "metrics of a suite's own stand under `load.metrics`, as `NAME: trend`"
                            .to_owned()
                    }),
                ),
            );
        }
        place.and_then(|place| u16::try_from(place).ok())
    }

    /// What the metric holds.
    pub(in crate::check) fn kind(&self, name: &str) -> Option<MetricKind> {
        let metric = self.plans.iter().find(|metric| metric.name == name);
        let own = metric.map(|metric| metric.kind);
        own.or_else(|| self.services.kind(name))
    }

    /// Whether a metric of this name that is not here is an error.
    pub(in crate::check) fn is_complete(&self) -> bool {
        self.is_complete
    }

    /// Their names.
    pub(in crate::check) fn names(&self) -> impl Iterator<Item = &str> + Clone {
        self.plans.iter().map(|metric| metric.name.as_str())
    }

    /// Reports metrics that no step feeds.
    pub(super) fn refuse_unmeasured(&self, scenarios: &[ScenarioPlan], found: &mut Diagnostics) {
        let measured: Vec<u16> = scenarios
            .iter()
            .flat_map(ScenarioPlan::requests)
            .flat_map(|one| &one.request.measures)
            .map(|measure| measure.metric)
            .collect();
        for (place, metric) in (0_u16..).zip(&self.plans) {
            if !measured.contains(&place) {
                found.add(
                    Diagnostic::new(
                        Code::Unmeasured,
                        format!("nothing measures `{}`", metric.name),
                    )
                    .at(&metric.span)
                    .hint(format!(
                        "let a request of a flow do it: `measure: {{ {}: $.path }}`",
                        metric.name
                    )),
                );
            }
        }
    }
}

/// k6's rule, so that scripts and suites can name the same metrics.
fn check_name(name: &Spanned<String>, found: &mut Diagnostics) -> bool {
    let text = name.value.as_str();
    let is_name = text.len() <= LONGEST_NAME
        && text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let (message, hint) = if builtin_metric(text).is_some() {
        (
            format!("every load has its own `{text}`"),
            "give the suite's metric another name",
        )
    } else if !is_name {
        (
            format!("`{text}` cannot be the name of a metric"),
            "letters, digits and `_`, at most 128, and no digit first",
        )
    } else {
        return true;
    };
    found.add(
        Diagnostic::new(Code::OutOfRange, message)
            .at(&name.span)
            .hint(hint),
    );
    false
}

fn kind(metric: &Metric, found: &mut Diagnostics) -> Option<(MetricKind, bool)> {
    let keys = match metric {
        Metric::Kind(kind) => return Some((*kind, false)),
        Metric::Keys(keys) => keys,
    };
    let kind = keys.kind.value()?.0;
    let is_time = match &keys.time {
        Field::Absent => false,
        given => *given.value()?,
    };
    if is_time && kind != MetricKind::Trend {
        let key = keys.time.key()?;
        found.add(
            Diagnostic::new(
                Code::Contradiction,
                format!("a {} holds no durations", kind.name()),
            )
            .at(key)
            .hint(format!("only {} has `time`", quoted_list(["trend"]))),
        );
    }
    Some((kind, is_time))
}
