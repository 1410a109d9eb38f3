//! Thresholds in k6's grammar: `aggregation operator number`, as in `p(95)<300`.

use std::fmt;

use crate::code::Code;
use crate::metric::{MetricContents, MetricKind, MetricSelector, builtin_metric};
use crate::unit::{parse_duration, parse_size};
use crate::usage::UsageMetric;

/// One number taken from a metric.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Aggregation {
    /// How many values (trend), their sum (counter), or how many were not 0 (rate).
    Count,
    /// Per second (counter), or the share of non-zero values, 0 to 1 (rate).
    Rate,
    /// The latest level of a gauge; of `vus` and `vus_max` the highest.
    Value,
    /// The mean, in ms, or in the unit of the suite's own metric.
    Avg,
    /// The smallest value.
    Min,
    /// The largest value.
    Max,
    /// The median.
    Med,
    /// A percentile in 0..=100.
    Percentile(f64),
}

impl Aggregation {
    /// Whether a metric of this kind has the aggregation.
    pub const fn fits(self, kind: MetricKind) -> bool {
        match kind {
            MetricKind::Counter => matches!(self, Self::Count | Self::Rate),
            MetricKind::Gauge => matches!(self, Self::Value | Self::Min | Self::Max),
            MetricKind::Rate => matches!(self, Self::Rate | Self::Count),
            MetricKind::Level => {
                matches!(self, Self::Value | Self::Avg | Self::Min | Self::Max)
            }
            MetricKind::Trend => matches!(
                self,
                Self::Count | Self::Avg | Self::Min | Self::Max | Self::Med | Self::Percentile(_)
            ),
        }
    }

    /// The aggregations of a kind, for hints.
    pub const fn names_for(kind: MetricKind) -> &'static str {
        match kind {
            MetricKind::Counter => "`count`, `rate`",
            MetricKind::Gauge => "`value`, `min`, `max`",
            MetricKind::Rate => "`rate`, `count`",
            MetricKind::Trend => "`avg`, `min`, `max`, `med`, `p(N)`, `count`",
            MetricKind::Level => "`avg`, `min`, `max`, `value`",
        }
    }

    /// The quantile in 0..=1 that this reads, where it reads one.
    pub fn quantile(self) -> Option<f64> {
        match self {
            Self::Med => Some(0.5),
            Self::Percentile(percent) => Some(percent / 100.0),
            _ => None,
        }
    }
}

impl fmt::Display for Aggregation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count => f.write_str("count"),
            Self::Rate => f.write_str("rate"),
            Self::Value => f.write_str("value"),
            Self::Avg => f.write_str("avg"),
            Self::Min => f.write_str("min"),
            Self::Max => f.write_str("max"),
            Self::Med => f.write_str("med"),
            Self::Percentile(percent) => write!(f, "p({percent})"),
        }
    }
}

/// A comparison with a bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `==` or `===`
    Equal,
    /// `!=`
    NotEqual,
}

impl Comparison {
    /// Whether `observed` stands so to `bound`.
    pub fn holds(self, observed: f64, bound: f64) -> bool {
        match self {
            Self::Less => observed < bound,
            Self::LessOrEqual => observed <= bound,
            Self::Greater => observed > bound,
            Self::GreaterOrEqual => observed >= bound,
            Self::Equal => observed == bound,
            Self::NotEqual => observed != bound,
        }
    }

    /// The operator as written.
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Equal => "==",
            Self::NotEqual => "!=",
        }
    }
}

/// A bound on a metric, and with it a gate: `http_req_duration p(95)<300`.
#[derive(Clone, Debug, PartialEq)]
pub struct Threshold {
    /// Of what.
    pub metric: MetricSelector,
    /// Which number of it.
    pub aggregation: Aggregation,
    /// How it must stand to the bound.
    pub comparison: Comparison,
    /// The bound; milliseconds for a trend.
    pub bound: f64,
}

/// A threshold that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ThresholdError {
    /// Which of the things that can be wrong with a threshold.
    pub kind: ThresholdErrorKind,
    /// In plain words.
    pub message: String,
    /// What to write instead.
    pub hint: String,
}

/// Which of the things that can be wrong with a threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ThresholdErrorKind {
    /// Not `aggregation operator number`.
    Syntax,
    /// No metric of that name.
    UnknownMetric,
    /// The metric has no such aggregation.
    WrongAggregation,
}

impl ThresholdError {
    /// The code of a diagnostic made of it.
    pub const fn code(&self) -> Code {
        match self.kind {
            ThresholdErrorKind::Syntax => Code::BadThreshold,
            ThresholdErrorKind::UnknownMetric => Code::UnknownMetric,
            ThresholdErrorKind::WrongAggregation => Code::WrongAggregation,
        }
    }
}

const HINT: &str =
    "write `aggregation operator number`, as in `p(95)<300`, `rate<0.01`, `count>=100`";

impl Threshold {
    /// Parses the expression alone (`p(95)<300`) for a built-in metric named elsewhere.
    ///
    /// # Errors
    /// When the grammar is not met, no such metric exists, or the metric has no such aggregation.
    pub fn parse(metric: MetricSelector, expression: &str) -> Result<Self, ThresholdError> {
        Self::parse_with(metric, expression, &|_| None)
    }

    /// As [`Threshold::parse`], where a suite has metrics of its own: `kinds` tells of each what
    /// it holds.
    ///
    /// # Errors
    /// As [`Threshold::parse`].
    pub fn parse_with(
        metric: MetricSelector,
        expression: &str,
        kinds: &dyn Fn(&str) -> Option<MetricKind>,
    ) -> Result<Self, ThresholdError> {
        let syntax = |message: String| ThresholdError {
            kind: ThresholdErrorKind::Syntax,
            message,
            hint: HINT.to_owned(),
        };
        let text = expression.trim();
        // Longest operators first, so that `<=` is not read as `<`.
        const OPERATORS: [(&str, Comparison); 7] = [
            ("===", Comparison::Equal),
            ("<=", Comparison::LessOrEqual),
            (">=", Comparison::GreaterOrEqual),
            ("==", Comparison::Equal),
            ("!=", Comparison::NotEqual),
            ("<", Comparison::Less),
            (">", Comparison::Greater),
        ];
        let start = text
            .find(['<', '>', '=', '!'])
            .ok_or_else(|| syntax(format!("`{text}` compares nothing")))?;
        let (operator, comparison) = OPERATORS
            .into_iter()
            .find(|(operator, _)| text[start..].starts_with(operator))
            .ok_or_else(|| syntax(format!("`{text}` has no operator that is known")))?;
        let word = text[..start].trim();
        let aggregation = parse_aggregation(word).map_err(|message| ThresholdError {
            hint: percentile_meant(word, &text[start..]).unwrap_or_else(|| HINT.to_owned()),
            ..syntax(message)
        })?;
        let contents = contents_of(&metric.name);
        let bound = parse_bound(text[start + operator.len()..].trim(), contents);
        let bound = bound.map_err(&syntax)?;

        let Some(kind) = kind_of(&metric.name, kinds) else {
            return Err(ThresholdError {
                kind: ThresholdErrorKind::UnknownMetric,
                message: format!("there is no metric `{}`", metric.name),
                hint: unknown_metric_hint(&metric.name),
            });
        };
        if !aggregation.fits(kind) {
            return Err(ThresholdError {
                kind: ThresholdErrorKind::WrongAggregation,
                message: format!(
                    "`{}` is a {} and has no `{aggregation}`",
                    metric.name,
                    kind.name()
                ),
                hint: format!("it has {}", Aggregation::names_for(kind)),
            });
        }
        Ok(Self {
            metric,
            aggregation,
            comparison,
            bound,
        })
    }

    /// Parses the one-line form of flags and probes: `http_req_failed rate<0.01`. Without a
    /// metric it is `http_req_duration`'s.
    ///
    /// # Errors
    /// As [`Threshold::parse`].
    pub fn parse_line(text: &str) -> Result<Self, ThresholdError> {
        Self::parse_line_with(text, &|_| None)
    }

    /// As [`Threshold::parse_line`], where a suite has metrics of its own.
    ///
    /// # Errors
    /// As [`Threshold::parse`].
    pub fn parse_line_with(
        text: &str,
        kinds: &dyn Fn(&str) -> Option<MetricKind>,
    ) -> Result<Self, ThresholdError> {
        let text = text.trim();
        let selector_end = match text.find('{') {
            Some(open) => text[open..].find('}').map(|close| open + close + 1),
            None => text.find(char::is_whitespace).filter(|end| {
                let word = &text[..*end];
                kind_of(word, kinds).is_some() || !looks_like_aggregation(word)
            }),
        };
        let (selector, expression) = match selector_end {
            Some(end) => (&text[..end], &text[end..]),
            None => ("http_req_duration", text),
        };
        let metric = MetricSelector::parse(selector).map_err(|message| ThresholdError {
            kind: ThresholdErrorKind::Syntax,
            message,
            hint: "write `metric aggregation operator number`, as in `http_req_failed rate<0.01`"
                .to_owned(),
        })?;
        Self::parse_with(metric, expression, kinds)
    }

    /// The expression alone, in one fixed spelling: `p(95)<300`.
    pub fn expression(&self) -> String {
        format!(
            "{}{}{}",
            self.aggregation,
            self.comparison.symbol(),
            self.bound
        )
    }
}

/// `metric expression`, the form that [`Threshold::parse_line`] reads.
impl fmt::Display for Threshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.metric, self.expression())
    }
}

/// What a metric holds, of the run's own ones or of a suite's.
fn kind_of(name: &str, kinds: &dyn Fn(&str) -> Option<MetricKind>) -> Option<MetricKind> {
    let builtin = builtin_metric(name).map(|metric| metric.kind);
    builtin.or_else(|| kinds(name))
}

/// What the values of a metric are, where rtest measures it.
fn contents_of(name: &str) -> MetricContents {
    let builtin = builtin_metric(name).map(|metric| metric.contents);
    let usage = || UsageMetric::named(name).map(|metric| metric.quantity.contents());
    builtin.or_else(usage).unwrap_or(MetricContents::Default)
}

fn looks_like_aggregation(word: &str) -> bool {
    let word = word.split(['<', '>', '=', '!']).next().unwrap_or(word);
    parse_aggregation(word).is_ok() || percentile_meant(word, "").is_some()
}

/// What to write where a percentile is written as other tools write it: `p95`, `p99.9`.
fn percentile_meant(word: &str, rest: &str) -> Option<String> {
    let percent = word.strip_prefix(['p', 'P'])?;
    let number: f64 = percent.parse().ok()?;
    (0.0..=100.0).contains(&number).then(|| {
        format!(
            "write `p({percent}){}`; a time without a unit is in milliseconds",
            rest.trim()
        )
    })
}

fn parse_aggregation(text: &str) -> Result<Aggregation, String> {
    let percentile = text
        .strip_prefix("p(")
        .and_then(|rest| rest.strip_suffix(')'));
    match (text, percentile) {
        ("count", _) => Ok(Aggregation::Count),
        ("rate", _) => Ok(Aggregation::Rate),
        ("value", _) => Ok(Aggregation::Value),
        ("avg", _) => Ok(Aggregation::Avg),
        ("min", _) => Ok(Aggregation::Min),
        ("max", _) => Ok(Aggregation::Max),
        ("med", _) => Ok(Aggregation::Med),
        (_, Some(percent)) => percent
            .trim()
            .parse()
            .ok()
            .filter(|percent| (0.0..=100.0).contains(percent))
            .map(Aggregation::Percentile)
            .ok_or_else(|| format!("`{percent}` is not a percentile between 0 and 100")),
        ("", None) => Err("the aggregation is missing".to_owned()),
        _ => Err(format!("`{text}` is not an aggregation")),
    }
}

/// A number; for durations also with a unit (`300ms`), for bytes too (`256MB`), and shares as
/// percent (`1%`).
fn parse_bound(text: &str, contents: MetricContents) -> Result<f64, String> {
    let number = if let Some(percent) = text.strip_suffix('%') {
        percent
            .trim()
            .parse::<f64>()
            .ok()
            .map(|value| value / 100.0)
    } else if contents == MetricContents::Data {
        let bytes = || parse_size(text).ok().map(|bytes| bytes as f64);
        text.parse().ok().or_else(bytes)
    } else {
        text.parse().ok().or_else(|| {
            parse_duration(text)
                .ok()
                .map(|bound| bound.as_secs_f64() * 1e3)
        })
    };
    number.filter(|bound| bound.is_finite()).ok_or_else(|| {
        if text.is_empty() {
            "the bound is missing".to_owned()
        } else {
            format!("`{text}` is not {}", contents_in_words(contents))
        }
    })
}

const fn contents_in_words(contents: MetricContents) -> &'static str {
    match contents {
        MetricContents::Data => "a number of bytes",
        _ => "a number",
    }
}

fn unknown_metric_hint(name: &str) -> String {
    let names = crate::metric::BUILTIN_METRICS
        .iter()
        .map(|metric| metric.name);
    match crate::suggest::nearest(name, names.clone()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!(
            "metrics are {}",
            names
                .map(|name| format!("`{name}`"))
                .collect::<Vec<_>>()
                .join(", ")
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Result<Threshold, ThresholdError> {
        Threshold::parse_line(text)
    }

    #[test]
    fn the_grammar_of_k6_is_read() {
        for (text, shown) in [
            ("p(95)<300", "http_req_duration p(95)<300"),
            ("p(99.9) <= 300ms", "http_req_duration p(99.9)<=300"),
            ("p(95) < 1.5s", "http_req_duration p(95)<1500"),
            ("http_req_failed rate<1%", "http_req_failed rate<0.01"),
            ("http_reqs count>=100", "http_reqs count>=100"),
            ("vus_max value===5", "vus_max value==5"),
            (
                "http_req_duration{endpoint:/a b,status:200} med!=3",
                "http_req_duration{endpoint:/a b,status:200} med!=3",
            ),
        ] {
            assert_eq!(
                line(text).map(|threshold| threshold.to_string()),
                Ok(shown.to_owned()),
                "{text}"
            );
        }
    }

    #[test]
    fn a_bound_on_bytes_may_be_a_size_and_no_other_may() {
        let kinds = |name: &str| UsageMetric::named(name).map(|it| it.quantity.kind());
        let line = |text: &str| Threshold::parse_line_with(text, &kinds).map(|it| it.bound);
        assert_eq!(line("service.api.memory max<256MB"), Ok(256e6));
        assert_eq!(line("service.api.memory max<1.5KiB"), Ok(1536.0));
        assert_eq!(line("service.api.memory max<256"), Ok(256.0));
        assert_eq!(line("data_received count<1MB"), Ok(1e6));
        assert_eq!(line("service.api.cpu avg<80%"), Ok(0.8));
        let wrong = |text: &str| line(text).expect_err(text).message;
        assert_eq!(
            wrong("service.api.memory max<5ms"),
            "`5ms` is not a number of bytes"
        );
        assert_eq!(
            wrong("service.db.connections max<5MB"),
            "`5MB` is not a number"
        );
        assert_eq!(
            wrong("service.api.cpu p(95)<1"),
            "`service.api.cpu` is a gauge and has no `p(95)`"
        );
        assert!(
            Threshold::parse_line("service.api.cpu avg<1").is_err(),
            "without services there are none"
        );
    }

    #[test]
    fn what_is_wrong_is_named() {
        let wrong = |text: &str| line(text).expect_err(text);
        assert_eq!(wrong("p95<300").message, "`p95` is not an aggregation");
        assert_eq!(
            wrong("p99.9 < 3").hint,
            "write `p(99.9)< 3`; a time without a unit is in milliseconds"
        );
        assert_eq!(wrong("pace<3").hint, HINT);
        assert_eq!(wrong("p(95)").message, "`p(95)` compares nothing");
        assert_eq!(
            wrong("p(101)<1").message,
            "`101` is not a percentile between 0 and 100"
        );
        assert_eq!(wrong("p(95)<").message, "the bound is missing");
        assert_eq!(wrong("p(95)<fast").message, "`fast` is not a number");
        assert_eq!(
            wrong("http_req_durations p(95)<1").hint,
            "did you mean `http_req_duration`?"
        );
        assert_eq!(
            wrong("http_req_failed p(95)<1").kind,
            ThresholdErrorKind::WrongAggregation
        );
    }

    #[test]
    fn metrics_of_a_suites_own_have_the_aggregations_of_their_kind() {
        let kinds = |name: &str| match name {
            "count" => Some(MetricKind::Gauge),
            "cart_size" => Some(MetricKind::Trend),
            // A suite cannot change what a built-in metric is.
            "http_reqs" => Some(MetricKind::Trend),
            _ => None,
        };
        let line = |text: &str| Threshold::parse_line_with(text, &kinds);
        for text in [
            "cart_size p(95)<300",
            "cart_size{group:::checkout::pay} avg<3",
            "count value<3",
        ] {
            assert_eq!(line(text).map(|it| it.to_string()), Ok(text.to_owned()));
        }
        assert_eq!(
            line("cart_size rate<1").map_err(|error| error.message),
            Err("`cart_size` is a trend and has no `rate`".to_owned())
        );
        assert!(line("http_reqs p(95)<1").is_err());
        assert!(line("unknown p(95)<1").is_err());
        assert!(Threshold::parse_line("cart_size p(95)<300").is_err());
    }

    #[test]
    fn every_operator_means_what_it_says() {
        for (operator, below, equal, above) in [
            ("<", true, false, false),
            ("<=", true, true, false),
            (">", false, false, true),
            (">=", false, true, true),
            ("==", false, true, false),
            ("!=", true, false, true),
        ] {
            let threshold = line(&format!("avg{operator}5")).expect(operator);
            let holds = |observed| threshold.comparison.holds(observed, threshold.bound);
            assert_eq!(
                (holds(4.0), holds(5.0), holds(6.0)),
                (below, equal, above),
                "{operator}"
            );
        }
    }
}
