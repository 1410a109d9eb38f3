use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use super::process;
use crate::toxic::Stream;
use crate::traffic::Traffic;

/// What `GET /metrics` shows. Where nothing is switched on, there is no such route.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MetricsShown {
    /// The bytes that crossed each proxy.
    pub proxies: bool,
    /// What this process uses.
    pub process: bool,
}

impl MetricsShown {
    pub(super) fn any(self) -> bool {
        self.proxies || self.process
    }
}

/// What a series is told from others by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Labels {
    listener: String,
    proxy: String,
    upstream: String,
}

/// The traffic of every proxy there was: a counter outlives its proxy, as it never goes back.
#[derive(Debug, Default)]
pub(super) struct Metrics {
    series: Mutex<BTreeMap<Labels, Arc<Traffic>>>,
}

impl Metrics {
    /// The counters of a proxy at this address and with this upstream; the same ones each time.
    pub(super) fn traffic(&self, proxy: &str, listener: &str, upstream: &str) -> Arc<Traffic> {
        let labels = Labels {
            listener: listener.to_owned(),
            proxy: proxy.to_owned(),
            upstream: upstream.to_owned(),
        };
        let mut series = self.series.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(series.entry(labels).or_default())
    }

    /// In Prometheus's text format.
    pub(super) fn text(&self, shown: MetricsShown) -> String {
        let mut text = String::new();
        if shown.process {
            process::write_metrics(&mut text);
        }
        if shown.proxies {
            self.write(&mut text, "received", Traffic::received);
            self.write(&mut text, "sent", Traffic::sent);
        }
        text
    }

    fn write(&self, text: &mut String, what: &str, of: fn(&Traffic, Stream) -> u64) {
        let series = self.series.lock().unwrap_or_else(PoisonError::into_inner);
        let name = format!("toxiproxy_proxy_{what}_bytes_total");
        let mut lines = String::new();
        for stream in [Stream::Downstream, Stream::Upstream] {
            for (labels, traffic) in series.iter() {
                let bytes = of(traffic, stream);
                // A series begins with its first byte.
                if bytes > 0 {
                    // Writing to a string cannot fail.
                    let _ = writeln!(
                        lines,
                        "{name}{{direction=\"{stream}\",listener=\"{}\",proxy=\"{}\",upstream=\"{}\"}} {bytes}",
                        escaped(&labels.listener),
                        escaped(&labels.proxy),
                        escaped(&labels.upstream),
                    );
                }
            }
        }
        if !lines.is_empty() {
            let _ = write!(text, "# HELP {name} \n# TYPE {name} counter\n{lines}");
        }
    }
}

/// A label's value as the text format has it.
fn escaped(value: &str) -> String {
    value
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROXIES: MetricsShown = MetricsShown {
        proxies: true,
        process: false,
    };

    #[test]
    fn bytes_are_counted_by_direction_proxy_listener_and_upstream() {
        let metrics = Metrics::default();
        let traffic = metrics.traffic("a \"b\"", "127.0.0.1:1", "u:1");
        traffic.of(Stream::Upstream).receive(5);
        traffic.of(Stream::Upstream).send(4);
        metrics
            .traffic("a \"b\"", "127.0.0.1:1", "u:1")
            .of(Stream::Downstream)
            .send(3);
        metrics.traffic("idle", "127.0.0.1:2", "u:1");
        assert_eq!(
            metrics.text(PROXIES),
            r#"# HELP toxiproxy_proxy_received_bytes_total 
# TYPE toxiproxy_proxy_received_bytes_total counter
toxiproxy_proxy_received_bytes_total{direction="upstream",listener="127.0.0.1:1",proxy="a \"b\"",upstream="u:1"} 5
# HELP toxiproxy_proxy_sent_bytes_total 
# TYPE toxiproxy_proxy_sent_bytes_total counter
toxiproxy_proxy_sent_bytes_total{direction="downstream",listener="127.0.0.1:1",proxy="a \"b\"",upstream="u:1"} 3
toxiproxy_proxy_sent_bytes_total{direction="upstream",listener="127.0.0.1:1",proxy="a \"b\"",upstream="u:1"} 4
"#
        );
    }
}
