//! What is known of services while they run, and so what thresholds may name.

use std::time::Duration;

use rtest_core::metric::MetricKind;
use rtest_core::plan::ServicePlan;
use rtest_core::usage::{DEFAULT_PERIOD, Quantity, UsageMetric};
use rtest_core::{Code, Diagnostic};

use crate::check::services::Services;
use crate::file::Environment;
use crate::shape::suggestion;

/// How often is looked at what services use; `None` where it is not.
pub(super) fn period(environment: Option<&Environment>) -> Option<Duration> {
    let given = environment.and_then(|environment| environment.sample.value());
    given.map_or(Some(DEFAULT_PERIOD), |sample| sample.0)
}

/// The quantities of the suite's services.
#[derive(Debug, Default)]
pub(super) struct ServiceMetrics {
    /// Those that could be read.
    plans: Vec<ServicePlan>,
    /// All that have a name.
    names: Vec<String>,
    /// Whether nobody looks.
    is_off: bool,
}

impl ServiceMetrics {
    /// Of these services, looked at each `period`.
    pub(super) fn of(plans: &[ServicePlan], all: &Services, period: Option<Duration>) -> Self {
        Self {
            plans: plans.to_vec(),
            names: all.names().map(str::to_owned).collect(),
            is_off: period.is_none(),
        }
    }

    /// What the metric holds, if it is one of a service.
    pub(super) fn kind(&self, name: &str) -> Option<MetricKind> {
        let metric = UsageMetric::named(name)?;
        self.refused(name).is_none().then(|| metric.quantity.kind())
    }

    /// What is wrong with a metric that is meant to be one of a service.
    pub(super) fn refused(&self, name: &str) -> Option<Diagnostic> {
        let (service, quantity) = UsageMetric::split(name)?;
        if !self.names.iter().any(|known| known == service) {
            return Some(self.unknown_service(service));
        }
        // One that could not be read has its own errors.
        let plan = self.plans.iter().find(|plan| plan.name == service)?;
        let Some(known) = Quantity::named(quantity) else {
            return Some(unknown_quantity(quantity, plan));
        };
        if let Some(reason) = known.refusal(plan) {
            let message = format!("there is no `{quantity}` of `{service}`: {reason}");
            let diagnostic = Diagnostic::new(Code::UnknownMetric, message);
            return Some(diagnostic.hint(quantities(plan)));
        }
        self.is_off.then(|| {
            Diagnostic::new(
                Code::Contradiction,
                "nobody looks at services where `environment.sample` is `off`",
            )
            .hint("remove that key, or say how often: `sample: 100ms`")
        })
    }

    fn unknown_service(&self, service: &str) -> Diagnostic {
        let names = self.names.iter().map(String::as_str);
        let hint = suggestion(service, names, "services are");
        let none = || "the suite has no `environment.services`".to_owned();
        let message = format!("there is no service `{service}`");
        Diagnostic::new(Code::UnknownService, message).hint(hint.unwrap_or_else(none))
    }
}

fn unknown_quantity(quantity: &str, plan: &ServicePlan) -> Diagnostic {
    let message = match quantity {
        "" => format!(
            "`service.{}` says not what of the service is meant",
            plan.name
        ),
        _ => format!("nothing that is known of services is called `{quantity}`"),
    };
    let known = of(plan).map(Quantity::name);
    let hint = rtest_core::nearest(quantity, known);
    Diagnostic::new(Code::UnknownMetric, message).hint(match hint {
        Some(near) => format!("did you mean `service.{}.{near}`?", plan.name),
        None => quantities(plan),
    })
}

/// What there is of a service, for hints.
fn quantities(plan: &ServicePlan) -> String {
    let names: Vec<String> = of(plan).map(|it| format!("`{}`", it.name())).collect();
    match names.as_slice() {
        [] => format!(
            "nothing is known of `{}` but what links to it carry",
            plan.name
        ),
        _ => format!("of `{}` there are {}", plan.name, names.join(", ")),
    }
}

fn of(plan: &ServicePlan) -> impl Iterator<Item = Quantity> + Clone {
    let all = Quantity::ALL.into_iter();
    all.filter(|quantity| quantity.refusal(plan).is_none())
}
