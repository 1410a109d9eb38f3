use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::ToxicPlan;
use crate::recorded::Recorded;
use crate::unit::{format_duration, format_size};

/// A fault that strikes requests on a link, and not its connections.
#[derive(Clone, Debug, PartialEq)]
pub struct HttpFaultPlan {
    /// Which requests it is about.
    pub matching: HttpMatchPlan,
    /// How many of them it strikes, 0 to 100.
    pub percentage: f64,
    /// Only the first so many.
    pub first: Option<u64>,
    /// Only every Nth.
    pub every: Option<u64>,
    /// What it does to them.
    pub action: HttpAction,
}

/// Which requests a fault is about; where nothing is given, all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HttpMatchPlan {
    /// One of these methods.
    pub methods: Vec<String>,
    /// `/products/:id`, `/img/**`.
    pub path: Option<String>,
    /// Headers, each with its value, in which `*` is any text.
    pub headers: Vec<(String, String)>,
}

/// What is done to a request.
#[derive(Clone, Debug, PartialEq)]
pub enum HttpAction {
    /// It is answered, and the upstream is not asked.
    Abort(AnswerPlan),
    /// It is held for a while.
    Delay(DelayPlan),
    /// The upstream's answer is changed.
    Replace(AnswerPlan),
    /// The answer ends after so many bytes of content.
    Truncate {
        /// How many.
        after_bytes: u64,
    },
    /// It is sent with this `Host`.
    Host(String),
}

/// An answer, or what one is changed to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AnswerPlan {
    /// Its status; 503 of an abort, the upstream's of an answer that is changed, where absent.
    pub status: Option<u16>,
    /// Headers, each in place of those of its name.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: Option<String>,
}

/// How delays are spread.
#[derive(Clone, Debug, PartialEq)]
pub enum DelayPlan {
    /// Evenly.
    Uniform {
        /// The middle.
        latency: Duration,
        /// To either side of it.
        jitter: Duration,
    },
    /// Normally.
    Normal {
        /// The middle.
        mean: Duration,
        /// The standard deviation.
        deviation: Duration,
    },
    /// Pareto's.
    Pareto {
        /// The least.
        scale: Duration,
        /// The smaller, the heavier the tail.
        shape: f64,
    },
    /// As measured: percentiles, rising, with their values.
    Percentiles(Vec<(f64, Duration)>),
    /// As recorded, each duration as often as it was there.
    Recorded {
        /// Where that is from, for whoever reads of it.
        file: String,
        /// How they are spread.
        recorded: Recorded,
    },
}

impl HttpFaultPlan {
    /// As the proxy's control API has it.
    pub fn toxic(&self) -> ToxicPlan {
        let mut attributes = Map::new();
        let matching = json!({
            "method": self.matching.methods,
            "path": self.matching.path,
            "headers": headers(&self.matching.headers),
        });
        attributes.insert("match".to_owned(), matching);
        attributes.insert("percentage".to_owned(), json!(self.percentage));
        attributes.insert("first".to_owned(), json!(self.first));
        attributes.insert("every".to_owned(), json!(self.every));
        let (name, action) = match &self.action {
            HttpAction::Abort(answer) => ("abort", answer.attributes()),
            HttpAction::Delay(delay) => ("delay", delay.attributes()),
            HttpAction::Replace(answer) => ("replace", answer.attributes()),
            HttpAction::Truncate { after_bytes } => {
                ("truncate", json!({ "after_bytes": after_bytes }))
            }
            HttpAction::Host(host) => ("host", json!(host)),
        };
        attributes.insert(name.to_owned(), action);
        ToxicPlan {
            kind: "http",
            upstream: false,
            toxicity_millionths: 1_000_000,
            attributes,
        }
    }

    /// In words, for reports: `http abort 503 on GET /products/:id, 20 % of them`.
    pub fn describe(&self) -> String {
        let first = self.first.map(|first| format!("the first {first}"));
        let every = self.every.map(|every| format!("one in {every}"));
        let share = (self.percentage < 100.0).then(|| format!("{} %", self.percentage));
        let some: Vec<String> = [first, every, share].into_iter().flatten().collect();
        let of_them = if some.is_empty() {
            String::new()
        } else {
            format!(", {} of them", some.join(", "))
        };
        let (action, on) = (self.action.describe(), self.matching.describe());
        format!("http {action} on {on}{of_them}")
    }
}

impl HttpMatchPlan {
    fn describe(&self) -> String {
        let mut parts = vec![match self.methods.as_slice() {
            [] => "requests".to_owned(),
            methods => methods.join(" or "),
        }];
        parts.extend(self.path.clone());
        let mut words = parts.join(" ");
        for (name, value) in &self.headers {
            // Writing to a string does not fail.
            let _ = write!(words, " with {name}: {value}");
        }
        words
    }
}

/// The status of an answer in place of the upstream's, where none is given.
const ABORTED: u16 = 503;

impl HttpAction {
    /// The status with which the request is answered in place of the upstream.
    pub fn answers(&self) -> Option<u16> {
        match self {
            Self::Abort(answer) => Some(answer.status.unwrap_or(ABORTED)),
            _ => None,
        }
    }

    fn describe(&self) -> String {
        match self {
            Self::Abort(answer) => format!("abort {}", answer.status.unwrap_or(ABORTED)),
            Self::Delay(delay) => format!("delay {}", delay.describe()),
            Self::Replace(answer) => format!("replace {}", answer.describe()),
            Self::Truncate { after_bytes } => {
                format!("truncate after {}", format_size(*after_bytes))
            }
            Self::Host(host) => format!("host {host}"),
        }
    }
}

impl AnswerPlan {
    fn attributes(&self) -> Value {
        json!({ "status": self.status, "headers": headers(&self.headers), "body": self.body })
    }

    fn describe(&self) -> String {
        let mut parts = Vec::new();
        parts.extend(self.status.map(|status| format!("status by {status}")));
        parts.extend(self.headers.iter().map(|(name, _)| name.clone()));
        parts.extend(self.body.as_ref().map(|_| "body".to_owned()));
        parts.join(", ")
    }
}

impl DelayPlan {
    /// Of all that a link's callee answers, as the proxy's control API has it.
    pub fn toxic(&self) -> ToxicPlan {
        ToxicPlan {
            kind: "delay",
            upstream: false,
            toxicity_millionths: 1_000_000,
            attributes: self.attributes().as_object().cloned().unwrap_or_default(),
        }
    }

    fn attributes(&self) -> Value {
        let us = |time: &Duration| u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        match self {
            Self::Uniform { latency, jitter } => {
                json!({ "distribution": "uniform", "latency_us": us(latency), "jitter_us": us(jitter) })
            }
            Self::Normal { mean, deviation } => {
                json!({ "distribution": "normal", "mean_us": us(mean), "deviation_us": us(deviation) })
            }
            Self::Pareto { scale, shape } => {
                json!({ "distribution": "pareto", "scale_us": us(scale), "shape": shape })
            }
            Self::Percentiles(list) => {
                let list: Vec<Value> = list.iter().map(|(p, time)| json!([p, us(time)])).collect();
                json!({ "distribution": "percentiles", "percentiles_us": list })
            }
            Self::Recorded { recorded, .. } => {
                let counts: Vec<(u64, u64)> = recorded.counts().collect();
                json!({ "distribution": "recorded", "counts_us": counts })
            }
        }
    }

    pub(super) fn describe(&self) -> String {
        match self {
            Self::Uniform { latency, jitter } if jitter.is_zero() => format_duration(*latency),
            Self::Uniform { latency, jitter } => {
                format!(
                    "{} ± {}",
                    format_duration(*latency),
                    format_duration(*jitter)
                )
            }
            Self::Normal { mean, deviation } => format!(
                "around {}, deviation {}",
                format_duration(*mean),
                format_duration(*deviation)
            ),
            Self::Pareto { scale, shape } => {
                format!("of at least {}, shape {shape}", format_duration(*scale))
            }
            Self::Percentiles(list) => {
                let list = list.iter();
                let list = list.map(|(p, time)| format!("p{p} {}", format_duration(*time)));
                list.collect::<Vec<_>>().join(", ")
            }
            Self::Recorded { file, recorded } => {
                let at = |share| format_duration(recorded.at_share(share));
                format!("as recorded in {file} (p50 {}, p99 {})", at(0.5), at(0.99))
            }
        }
    }
}

fn headers(headers: &[(String, String)]) -> Map<String, Value> {
    let pairs = headers.iter();
    pairs
        .map(|(name, value)| (name.clone(), json!(value)))
        .collect()
}
