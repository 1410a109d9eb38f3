use rtest_core::MAX_MICROS;
use rtest_core::metric::MetricKind;
use rtest_core::plan::{CustomMetric, MeasurePlan as Plan, MeasuredValue};

use super::encoding::Encoding;
use super::extract::{self, Extract, Part};
use super::reading::Reading;
use super::scope::Scope;
use super::text::Text;
use super::values::Values;

/// A value that is added to a metric of the suite's own, compiled.
#[derive(Debug)]
pub(crate) struct Measure {
    /// Index into `LoadPlan::metrics`.
    pub(crate) metric: u16,
    /// What the metric holds.
    pub(crate) kind: MetricKind,
    /// Its name.
    name: String,
    value: Value,
}

#[derive(Debug)]
enum Value {
    Constant(f64),
    Text(Text),
    Extracted(Box<dyn Extract>),
}

impl Measure {
    /// # Errors
    /// In plain words, why it can measure nothing ever.
    pub(crate) fn compile(
        plan: &Plan,
        metrics: &[CustomMetric],
        scope: &Scope<'_>,
    ) -> Result<Self, String> {
        let metric = metrics
            .get(usize::from(plan.metric))
            .ok_or_else(|| format!("there is no metric {}", plan.metric))?;
        Ok(Self {
            metric: plan.metric,
            kind: metric.kind,
            name: metric.name.clone(),
            value: match &plan.value {
                MeasuredValue::Constant(value) => {
                    let value = fitting(metric.kind, *value);
                    Value::Constant(value.map_err(|why| format!("`{}`: {why}", metric.name))?)
                }
                MeasuredValue::Text(text) => {
                    Value::Text(Text::compile(text, Encoding::Plain, scope)?)
                }
                MeasuredValue::Extracted(from) => Value::Extracted(extract::compile(from)?),
            },
        })
    }

    /// Where in the answer it looks, which then has to be kept; nothing where it does not.
    pub(crate) fn looks_at(&self) -> Option<Part> {
        match &self.value {
            Value::Extracted(from) => Some(from.looks_at()),
            Value::Constant(_) | Value::Text(_) => None,
        }
    }

    /// The value that an answer adds to the metric.
    ///
    /// # Errors
    /// In plain words, why it adds none.
    pub(crate) fn take(&self, answer: &Reading<'_>, values: &Values) -> Result<f64, String> {
        let value = match &self.value {
            Value::Constant(value) => return Ok(*value),
            Value::Text(text) => {
                let text = text.fill(values).map_err(|empty| empty.to_string())?;
                number(&text)?
            }
            Value::Extracted(from) => match from.find(answer) {
                Some(text) => number(&text)?,
                None => return Err(format!("there is no {from}")),
            },
        };
        fitting(self.kind, value)
    }

    /// As messages name it.
    pub(crate) fn describe(&self) -> String {
        format!("measure `{}`", self.name)
    }
}

/// A number, `true` or `false`.
fn number(text: &str) -> Result<f64, String> {
    match text.trim() {
        "true" => Ok(1.0),
        "false" => Ok(0.0),
        number => {
            let shown: String = text.chars().take(40).collect();
            number
                .parse()
                .map_err(|_| format!("`{shown}` is not a number"))
        }
    }
}

/// The value, if a metric of this kind can take it in.
fn fitting(kind: MetricKind, value: f64) -> Result<f64, String> {
    /// Trends are kept in thousandths.
    const MOST: f64 = MAX_MICROS as f64 / 1000.0;
    if !value.is_finite() {
        return Err(format!("{value} is not a number"));
    }
    match kind {
        MetricKind::Counter | MetricKind::Trend if value < 0.0 => Err(format!(
            "{value} is below 0, and a {} never is",
            kind.name()
        )),
        MetricKind::Trend if value > MOST => Err(format!(
            "{value} is above {MOST}, the most that a trend holds"
        )),
        _ => Ok(value),
    }
}
