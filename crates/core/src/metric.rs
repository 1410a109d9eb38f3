//! Metrics by name: what a run measures, and how a part of it is selected by tags.

use std::fmt;

/// What values a metric holds, and so which aggregations it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricKind {
    /// A sum: `count`, `rate` (per second).
    Counter,
    /// A level: `value`, the latest (of `vus` and `vus_max` the highest), `min`, `max`.
    Gauge,
    /// A share of non-zero values: `rate`; `count`, how many they are.
    Rate,
    /// A distribution, of durations in milliseconds mostly: `avg min max med p(N) count`.
    Trend,
    /// A level that is sampled all the time, of services: `avg min max`, `value` the latest.
    Level,
}

impl MetricKind {
    /// Every kind that a metric of a suite's own can have.
    pub const ALL: [Self; 4] = [Self::Counter, Self::Gauge, Self::Rate, Self::Trend];

    /// The word that k6's summary uses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Rate => "rate",
            Self::Trend => "trend",
            // To whoever reads k6, it is one.
            Self::Level => "gauge",
        }
    }
}

/// What a metric's values are; k6's `contains`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricContents {
    /// Numbers without a unit.
    Default,
    /// Milliseconds.
    Time,
    /// Bytes.
    Data,
    /// Shares, of which 1 is a whole.
    Share,
}

impl MetricContents {
    /// The word that k6's summary uses.
    pub const fn name(self) -> &'static str {
        match self {
            // k6 has no word for shares.
            Self::Default | Self::Share => "default",
            Self::Time => "time",
            Self::Data => "data",
        }
    }
}

/// A metric that every load run has.
#[derive(Debug, PartialEq, Eq)]
pub struct BuiltinMetric {
    /// k6's name, where k6 has the metric.
    pub name: &'static str,
    /// What it holds.
    pub kind: MetricKind,
    /// What its values are.
    pub contents: MetricContents,
    /// What it means, one line.
    pub meaning: &'static str,
}

/// Every built-in metric, by name.
pub const BUILTIN_METRICS: &[BuiltinMetric] = &[
    metric("checks", MetricKind::Rate, "share of checks that held"),
    metric(
        "contract_violations",
        MetricKind::Rate,
        "share of answers that differ from their contract, of those held against it",
    ),
    BuiltinMetric {
        contents: MetricContents::Data,
        ..metric(
            "data_received",
            MetricKind::Counter,
            "bytes of response bodies and heads",
        )
    },
    BuiltinMetric {
        contents: MetricContents::Data,
        ..metric(
            "data_sent",
            MetricKind::Counter,
            "bytes of request bodies and heads",
        )
    },
    metric(
        "dropped_iterations",
        MetricKind::Counter,
        "arrivals that were due and never started",
    ),
    metric(
        "group_duration",
        MetricKind::Trend,
        "one pass through a group, think time included",
    ),
    metric(
        "http_req_blocked",
        MetricKind::Trend,
        "waiting for one of a limited number of connections",
    ),
    metric(
        "http_req_connecting",
        MetricKind::Trend,
        "time to open the connection; 0 when reused",
    ),
    metric(
        "http_req_duration",
        MetricKind::Trend,
        "response time: from the instant the request was due to its last byte (no coordinated omission)",
    ),
    metric(
        "http_req_failed",
        MetricKind::Rate,
        "share of requests outside 200-399, in error or never sent",
    ),
    metric(
        "http_req_looking_up",
        MetricKind::Trend,
        "looking up the name; 0 when the connection is reused",
    ),
    metric(
        "http_req_receiving",
        MetricKind::Trend,
        "from the first byte of the answer to its last",
    ),
    metric(
        "http_req_sending",
        MetricKind::Trend,
        "from the first byte written to the last",
    ),
    metric(
        "http_req_service_time",
        MetricKind::Trend,
        "from sending to the last byte: what k6 calls http_req_duration",
    ),
    metric(
        "http_req_tls_handshaking",
        MetricKind::Trend,
        "the TLS handshake; 0 when the connection is reused",
    ),
    metric(
        "http_req_waiting",
        MetricKind::Trend,
        "from the last byte sent to the first byte of the answer",
    ),
    metric("http_reqs", MetricKind::Counter, "requests"),
    metric(
        "iteration_duration",
        MetricKind::Trend,
        "one pass through the flow, think time included",
    ),
    metric(
        "iterations",
        MetricKind::Counter,
        "passes through the flow that ended",
    ),
    metric(
        "schedule_lag",
        MetricKind::Trend,
        "from the instant a request was due to its sending",
    ),
    metric(
        "vus",
        MetricKind::Gauge,
        "virtual users at work, the most at once",
    ),
    metric("vus_max", MetricKind::Gauge, "virtual users made"),
];

const fn metric(name: &'static str, kind: MetricKind, meaning: &'static str) -> BuiltinMetric {
    BuiltinMetric {
        name,
        kind,
        contents: match kind {
            MetricKind::Trend => MetricContents::Time,
            _ => MetricContents::Default,
        },
        meaning,
    }
}

/// The built-in metric of this name.
pub fn builtin_metric(name: &str) -> Option<&'static BuiltinMetric> {
    BUILTIN_METRICS.iter().find(|metric| metric.name == name)
}

/// A metric, or the part of it that carries all the given tags: `http_req_duration{endpoint:/users}`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MetricSelector {
    /// The metric's name.
    pub name: String,
    /// Tags that a sample must carry, in the order written.
    pub tags: Vec<(String, String)>,
}

impl MetricSelector {
    /// The whole metric, without tags.
    pub fn whole(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            tags: Vec::new(),
        }
    }

    /// Parses `name` or `name{tag:value,…}`. Values may be quoted; an unquoted value runs to the
    /// next comma, so it may hold colons (`endpoint:/products/:id`).
    ///
    /// # Errors
    /// In plain words, when braces or tags are malformed.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let (name, tags) = match text.split_once('{') {
            None => (text, None),
            Some((name, rest)) => match rest.strip_suffix('}') {
                Some(tags) => (name.trim_end(), Some(tags)),
                None => return Err(format!("`{{` is never closed in `{text}`")),
            },
        };
        if name.is_empty()
            || !name
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-'))
        {
            return Err(format!("`{name}` is not a metric's name"));
        }
        let tags = tags.map_or(Ok(Vec::new()), |tags| {
            tags.split(',').map(parse_tag).collect()
        })?;
        Ok(Self {
            name: name.to_owned(),
            tags,
        })
    }
}

fn parse_tag(text: &str) -> Result<(String, String), String> {
    let (key, value) = text
        .split_once(':')
        .ok_or_else(|| format!("`{}` is not `tag:value`", text.trim()))?;
    let value = value.trim().trim_matches(['"', '\'']);
    if key.trim().is_empty() || value.is_empty() {
        return Err(format!("`{}` is not `tag:value`", text.trim()));
    }
    Ok((key.trim().to_owned(), value.to_owned()))
}

impl fmt::Display for MetricSelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        if self.tags.is_empty() {
            return Ok(());
        }
        let tags: Vec<String> = self
            .tags
            .iter()
            .map(|(key, value)| format!("{key}:{value}"))
            .collect();
        write!(f, "{{{}}}", tags.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selectors_with_tags_are_read_and_shown_alike() {
        let text = "http_req_duration{endpoint:/products/:id,status:200}";
        let selector = MetricSelector::parse(text).expect("well formed");
        assert_eq!(
            selector.tags[0],
            ("endpoint".into(), "/products/:id".into())
        );
        assert_eq!(selector.to_string(), text);
        assert_eq!(
            MetricSelector::parse(" checks "),
            Ok(MetricSelector::whole("checks"))
        );
    }

    #[test]
    fn malformed_selectors_are_refused() {
        for text in ["", "{a:b}", "x{a:b", "x{a}", "x{:b}", "x{a:}", "x y"] {
            assert!(MetricSelector::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_registry_is_sorted_and_has_no_repeats() {
        assert!(
            BUILTIN_METRICS
                .windows(2)
                .all(|pair| pair[0].name < pair[1].name)
        );
    }
}
