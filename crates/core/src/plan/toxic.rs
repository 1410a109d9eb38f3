use serde_json::{Map, Value};

/// A toxic of the proxy, in the words of its control API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToxicPlan {
    /// Its type, one of [`TOXICS`].
    pub kind: &'static str,
    /// Whether it touches what is sent, and not what is answered.
    pub upstream: bool,
    /// How many connections it touches, in millionths of all.
    pub toxicity_millionths: u32,
    /// Its attributes, as the API has them.
    pub attributes: Map<String, Value>,
}

impl ToxicPlan {
    /// In words, for reports: `bandwidth, rate 64`.
    pub fn describe(&self) -> String {
        let mut words = self.kind.to_owned();
        for (name, value) in &self.attributes {
            match value {
                Value::String(text) => words.push_str(&format!(", {name} {text}")),
                other => words.push_str(&format!(", {name} {other}")),
            }
        }
        if self.upstream {
            words.push_str(", upstream");
        }
        match self.toxicity_millionths {
            1_000_000 => {}
            some => words.push_str(&format!(", on {} %", f64::from(some) / 1e4)),
        }
        words
    }
}

/// Every type of toxic that a suite may name, with its attributes. What they mean is the proxy's to
/// say; a test beside it holds this list against its own.
pub const TOXICS: [(&str, &[&str]); 13] = [
    ("bandwidth", &["rate"]),
    ("connect", &["how", "hold_ms", "first", "every"]),
    ("corruption", &["rate"]),
    ("cut", &["after_ms", "after_bytes", "reset"]),
    (
        "delay",
        &[
            "distribution",
            "latency_us",
            "jitter_us",
            "mean_us",
            "deviation_us",
            "scale_us",
            "shape",
            "percentiles_us",
            "counts_us",
            "log",
            "unit",
            "tag",
        ],
    ),
    (
        "http",
        &[
            "match",
            "percentage",
            "first",
            "every",
            "abort",
            "delay",
            "replace",
            "truncate",
            "host",
        ],
    ),
    ("latency", &["latency", "jitter"]),
    ("limit_data", &["bytes"]),
    ("loss", &["rate", "retransmit_ms"]),
    ("reset_peer", &["timeout"]),
    ("slicer", &["average_size", "size_variation", "delay"]),
    ("slow_close", &["delay"]),
    ("timeout", &["timeout"]),
];
