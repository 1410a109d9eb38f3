use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use rtest_core::JsonPath;
use rtest_core::event::EventKind;
use rtest_core::plan::{GaugePlan, GaugeSource};
use rtest_core::unit::format_duration;
use serde_json::Value;
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::active::Announcer;
use crate::drill::{DrillError, numbered};
use crate::hypothesis::ASK_LIMIT;
use crate::probe::{self, Caller, Means, Probe, Query, Runner};

/// How often a number is read while load runs.
const PERIOD: Duration = Duration::from_millis(200);

/// Numbers that are read while load runs.
#[derive(Debug)]
pub(crate) struct Gauges(Vec<(u16, Gauge)>);

/// Where one number is read.
enum Gauge {
    Http(Caller, JsonPath),
    Sql(Query),
    Command(Runner),
    Probe(Arc<dyn Probe>),
}

impl Gauges {
    /// Resolves those of a plan.
    pub(crate) fn new(plans: Vec<GaugePlan>, means: &Means<'_>) -> Result<Self, DrillError> {
        let mut gauges = Vec::new();
        for (index, plan) in numbered(plans)? {
            if let Some(gauge) = Gauge::new(plan.source, means)? {
                gauges.push((index, gauge));
            }
        }
        Ok(Self(gauges))
    }

    /// Whether this holds, as the only one.
    #[cfg(test)]
    pub(crate) fn of(probe: Arc<dyn Probe>) -> Self {
        Self(vec![(0, Gauge::Probe(probe))])
    }

    /// Reads each every so often, and never returns.
    pub(crate) async fn watch(&self, announcer: &Announcer) {
        let watches = self.0.iter().map(async |(index, gauge)| {
            let mut ticks = interval(PERIOD);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                ticks.tick().await;
                announcer.events.emit(EventKind::GaugeRead {
                    gauge: *index,
                    reading: gauge.read().await,
                });
            }
        });
        join_all(watches).await;
        // Without any there is nothing to wait for.
        std::future::pending().await
    }
}

impl Gauge {
    /// Nothing for what is judged from the record.
    fn new(source: GaugeSource, means: &Means<'_>) -> Result<Option<Self>, DrillError> {
        Ok(Some(match source {
            GaugeSource::Http { target, call, path } => {
                Self::Http(Caller::new(&target, &call, means)?, path)
            }
            GaugeSource::Sql { url, query } => Self::Sql(Query::new(&url, &query, means)?),
            GaugeSource::Command { words, cwd } => Self::Command(Runner::new(&words, &cwd, means)?),
            GaugeSource::Usage => return Ok(None),
            GaugeSource::Probe(kind) => return Ok(probe::of_plan(&kind, means)?.map(Self::Probe)),
        }))
    }

    /// Reads it once, within the limit of one answer.
    async fn read(&self) -> Result<f64, String> {
        let reading = timeout(ASK_LIMIT, async {
            match self {
                Self::Http(caller, path) => number_at(path, &caller.answer().await?),
                Self::Sql(query) => {
                    let rows = query.rows().await?;
                    let first = rows.into_iter().next();
                    let value = first.and_then(|row| row.into_iter().next());
                    number_in(value.flatten().as_deref().unwrap_or("nothing"))
                }
                Self::Command(runner) => number_in(&runner.output(&[0]).await?),
                Self::Probe(probe) => Ok(f64::from(u8::from(probe.ask().await.is_ok()))),
            }
        });
        reading
            .await
            .unwrap_or_else(|_| Err(format!("no answer within {}", format_duration(ASK_LIMIT))))
    }
}

/// The number that a path selects first in the JSON of an answer of 2xx.
fn number_at(path: &JsonPath, (status, _, body): &probe::Answered) -> Result<f64, String> {
    if !(200..300).contains(status) {
        return Err(format!("status {status}"));
    }
    let json: Value = serde_json::from_slice(body).map_err(|_| "no JSON".to_owned())?;
    match path.query(&json).first() {
        Some(Value::Number(number)) => number.as_f64().ok_or_else(|| format!("{number}")),
        Some(Value::String(text)) => number_in(text),
        Some(other) => Err(format!("{other} is no number")),
        None => Err(format!("there is no {path}")),
    }
}

fn number_in(text: &str) -> Result<f64, String> {
    let number = text.trim().parse().ok();
    let number = number.filter(|number: &f64| number.is_finite());
    number.ok_or_else(|| {
        format!(
            "`{}` is no number",
            rtest_core::expectation::excerpt(text.as_bytes())
        )
    })
}

impl fmt::Debug for Gauge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Http(..) => "Http",
            Self::Sql(_) => "Sql",
            Self::Command(_) => "Command",
            Self::Probe(_) => "Probe",
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use rtest_core::Template;
    use rtest_core::plan::{HttpCall, Target};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    #[test]
    fn a_number_is_found_where_a_path_selects_one_and_nowhere_else() {
        let path = JsonPath::parse("$.queue.depth").expect("a path");
        let read =
            |status, body: &str| number_at(&path, &(status, Vec::new(), body.as_bytes().to_vec()));
        assert_eq!(read(200, r#"{"queue":{"depth":17}}"#), Ok(17.0));
        assert_eq!(read(200, r#"{"queue":{"depth":"1.5"}}"#), Ok(1.5));
        assert_eq!(
            read(503, r#"{"queue":{"depth":17}}"#),
            Err("status 503".into())
        );
        assert_eq!(read(200, "{}"), Err("there is no $.queue.depth".into()));
        assert_eq!(read(200, "nope"), Err("no JSON".into()));
        let no_number = read(200, r#"{"queue":{"depth":[1]}}"#);
        assert_eq!(no_number, Err("[1] is no number".into()));
    }

    #[tokio::test]
    async fn a_number_is_read_from_a_command_and_from_a_service() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        let server = tokio::spawn(async move {
            let (mut client, _) = listener.accept().await.expect("a client");
            let body = r#"{"depth":12}"#;
            let answer = format!(
                "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            );
            let mut request = [0; 1024];
            let _ = client.read(&mut request).await;
            client.write_all(answer.as_bytes()).await.expect("sent");
        });
        let means = Means {
            client: crate::probe::client().expect("a client"),
            addresses: &BTreeMap::from([("shop".to_owned(), url)]),
            variables: &BTreeMap::new(),
            mark: None,
        };
        let gauge = |source| {
            Gauge::new(source, &means)
                .expect("resolved")
                .expect("read here")
        };
        let http = gauge(GaugeSource::Http {
            target: Target::Service("shop".to_owned()),
            call: HttpCall {
                method: "GET".to_owned(),
                path: "/queue".to_owned(),
                json: None,
            },
            path: JsonPath::parse("$.depth").expect("a path"),
        });
        assert_eq!(http.read().await, Ok(12.0));
        server.await.expect("it has served");
        let command = |words: &[&str]| {
            let words = words
                .iter()
                .map(|word| Template::parse(word).expect("well formed"));
            gauge(GaugeSource::Command {
                words: words.collect(),
                cwd: "/".into(),
            })
        };
        assert_eq!(command(&["echo", "7"]).read().await, Ok(7.0));
        assert!(command(&["echo", "seven"]).read().await.is_err());
        assert!(command(&["false"]).read().await.is_err());
    }

    #[test]
    fn what_is_printed_is_a_number_or_said_to_be_none() {
        assert_eq!(number_in(" 42\n"), Ok(42.0));
        for text in ["", "NaN", "inf", "four"] {
            assert!(number_in(text).is_err(), "{text}");
        }
    }
}
