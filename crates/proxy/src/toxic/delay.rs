use std::any::Any;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use rtest_core::{Recorded, RecordedUnit, RunTime, Stream as RandomStream};
use serde_json::{Value, json};

use super::{AttributeError, Attributes, Distribution, Item, Joining, Stage, Toxic};

/// Delays every chunk, from when it was received, by what is drawn from a distribution. Order is
/// kept. What waits already waits as long as it drew when the distribution is changed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Delay {
    /// How the delays are spread; by default there are none.
    pub distribution: Distribution,
}

impl Delay {
    pub(super) const TYPE: &str = "delay";

    /// What the attributes make of it, as a whole: a distribution is not mixed from two.
    pub(super) fn read(&self, changes: &Attributes) -> Result<Self, AttributeError> {
        let us = |name: &str| changes.at_least_zero(name).map(Duration::from_micros);
        let distribution = match changes.text("distribution")?.as_deref() {
            None if changes.as_json().is_empty() => self.distribution.clone(),
            None => {
                return Err(AttributeError::new("`distribution` is missing"));
            }
            Some("uniform") => Distribution::Uniform {
                latency: us("latency_us")?,
                jitter: us("jitter_us")?,
            },
            Some("normal") => Distribution::Normal {
                mean: us("mean_us")?,
                deviation: us("deviation_us")?,
            },
            Some("pareto") => {
                let shape = changes.number("shape", 1.0)?;
                if shape <= 0.0 {
                    return Err(AttributeError::new("`shape` must be above 0"));
                }
                let scale = us("scale_us")?;
                Distribution::Pareto { scale, shape }
            }
            Some("percentiles") => Distribution::Percentiles(percentiles(changes)?),
            Some("recorded") => Distribution::Recorded(Arc::new(recorded(changes)?)),
            Some(other) => {
                return Err(AttributeError::new(format!(
                    "`distribution` is `{other}`, but can be uniform, normal, pareto, percentiles or recorded"
                )));
            }
        };
        Ok(Self { distribution })
    }
}

impl Toxic for Delay {
    fn type_name(&self) -> &'static str {
        Self::TYPE
    }

    fn attributes(&self) -> Attributes {
        let us = |time: &Duration| time.as_micros() as u64;
        Attributes::of_values(match &self.distribution {
            Distribution::Uniform { latency, jitter } => {
                json!({ "distribution": "uniform", "latency_us": us(latency), "jitter_us": us(jitter) })
            }
            Distribution::Normal { mean, deviation } => {
                json!({ "distribution": "normal", "mean_us": us(mean), "deviation_us": us(deviation) })
            }
            Distribution::Pareto { scale, shape } => {
                json!({ "distribution": "pareto", "scale_us": us(scale), "shape": shape })
            }
            Distribution::Percentiles(list) => {
                let list: Vec<Value> = list.iter().map(|(p, time)| json!([p, us(time)])).collect();
                json!({ "distribution": "percentiles", "percentiles_us": list })
            }
            Distribution::Recorded(recorded) => {
                let counts: Vec<(u64, u64)> = recorded.counts().collect();
                json!({ "distribution": "recorded", "counts_us": counts })
            }
        })
    }

    fn merged(&self, changes: &Attributes) -> Result<Arc<dyn Toxic>, AttributeError> {
        Ok(Arc::new(self.read(changes)?))
    }

    fn on_link(&self, joining: Joining) -> Box<dyn Stage> {
        Box::new(Waiting {
            delay: self.clone(),
            random: joining.random,
            queue: VecDeque::new(),
            held: 0,
        })
    }
}

/// `[[50, 1200], [99, 30000]]`
fn percentiles(attributes: &Attributes) -> Result<Vec<(f64, Duration)>, AttributeError> {
    let wrong = || {
        AttributeError::new(
            "`percentiles_us` must be a list of [percentile, microseconds], percentiles from 0 to 100 and rising",
        )
    };
    let list = attributes
        .value("percentiles_us")
        .and_then(Value::as_array)
        .ok_or_else(wrong)?;
    let list: Vec<(f64, Duration)> = list
        .iter()
        .map(|entry| {
            let (Some(percentile), Some(us)) = (entry[0].as_f64(), entry[1].as_u64()) else {
                return Err(wrong());
            };
            Ok((percentile, Duration::from_micros(us)))
        })
        .collect::<Result<_, _>>()?;
    let rises = list.is_sorted_by(|(a, _), (b, _)| a < b);
    let in_range = list.iter().all(|(p, _)| (0.0..=100.0).contains(p));
    if list.is_empty() || !rises || !in_range {
        return Err(wrong());
    }
    Ok(list)
}

/// `[[1200, 5], [30000, 1]]`, or the text of a histogram log.
fn recorded(attributes: &Attributes) -> Result<Recorded, AttributeError> {
    let Some(log) = attributes.text("log")? else {
        let wrong =
            || AttributeError::new("`counts_us` must be a list of [microseconds, how often]");
        let list = attributes.value("counts_us").and_then(Value::as_array);
        let counts = list.ok_or_else(wrong)?.iter().map(|entry| {
            let pair = (entry[0].as_u64(), entry[1].as_u64());
            let (Some(micros), Some(count)) = pair else {
                return Err(wrong());
            };
            Ok((micros, count))
        });
        let counts = counts.collect::<Result<Vec<_>, _>>()?;
        let recorded = Recorded::of_counts(counts);
        return recorded.map_err(|error| AttributeError::new(format!("`counts_us`: {error}")));
    };
    let unit = match attributes.text("unit")? {
        None => RecordedUnit::default(),
        Some(word) => {
            let mut known = RecordedUnit::ALL.into_iter();
            let found = known.find(|(name, _)| *name == word);
            let (_, unit) = found.ok_or_else(|| {
                AttributeError::new(format!("`unit` is `{word}`, but can be ns, us or ms"))
            })?;
            unit
        }
    };
    let tag = attributes.text("tag")?;
    Recorded::of_log(&log, unit, tag.as_deref()).map_err(|error| {
        let line = error.line.map(|line| format!(" line {line}"));
        AttributeError::new(format!("`log`{}: {error}", line.unwrap_or_default()))
    })
}

#[derive(Debug)]
struct Waiting {
    delay: Delay,
    random: RandomStream,
    /// What waits, and until when.
    queue: VecDeque<(Item, RunTime)>,
    held: usize,
}

impl Stage for Waiting {
    fn push(&mut self, item: Item, _now: RunTime) {
        self.held += item.cost();
        let until = match &item {
            Item::Data(chunk) => chunk.received_at + self.delay.distribution.draw(&mut self.random),
            Item::End | Item::Reset | Item::Cut => RunTime::ZERO,
        };
        self.queue.push_back((item, until));
    }

    fn pop(&mut self, now: RunTime) -> Option<Item> {
        self.due().filter(|due| *due <= now)?;
        let (item, _) = self.queue.pop_front()?;
        self.held -= item.cost();
        Some(item)
    }

    fn due(&self) -> Option<RunTime> {
        self.queue.front().map(|(_, until)| *until)
    }

    fn held(&self) -> usize {
        self.held
    }

    fn update(&mut self, toxic: &dyn Toxic) {
        if let Some(delay) = (toxic as &dyn Any).downcast_ref::<Delay>() {
            self.delay = delay.clone();
        }
    }

    fn drain(&mut self) -> Vec<Item> {
        self.held = 0;
        self.queue.drain(..).map(|(item, _)| item).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toxic::stage::tests::{at, chunk, joining, pop_all};

    fn read(attributes: Value) -> Result<Arc<dyn Toxic>, String> {
        let attributes = Attributes::of_values(attributes);
        Delay::default()
            .merged(&attributes)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn chunks_wait_as_drawn_from_when_they_were_received_and_keep_their_order() {
        let attributes =
            json!({ "distribution": "uniform", "latency_us": 1500, "jitter_us": 1500 });
        let mut stage = read(attributes).unwrap().on_link(joining(1));
        for number in 0..50 {
            stage.push(chunk(vec![number], at(0)), at(0));
        }
        stage.push(Item::End, at(0));
        let left = pop_all(&mut *stage, at(3));
        assert_eq!(left.len(), 51);
        assert_eq!(left[7], chunk(vec![7], at(0)));
        assert_eq!((stage.held(), stage.due()), (0, None));
    }

    #[test]
    fn attributes_are_shown_as_they_were_given() {
        for attributes in [
            json!({ "distribution": "uniform", "latency_us": 5, "jitter_us": 1 }),
            json!({ "distribution": "normal", "mean_us": 5, "deviation_us": 1 }),
            json!({ "distribution": "pareto", "scale_us": 5, "shape": 1.5 }),
            json!({ "distribution": "percentiles", "percentiles_us": [[50.0, 5], [99.9, 8]] }),
            json!({ "distribution": "recorded", "counts_us": [[5, 90], [800, 10]] }),
        ] {
            let shown = read(attributes.clone()).unwrap().attributes();
            assert_eq!(Value::from(shown.as_json().clone()), attributes);
        }
    }

    #[test]
    fn what_makes_no_sense_is_said() {
        for (attributes, message) in [
            (json!({ "mean_us": 5 }), "`distribution` is missing"),
            (
                json!({ "distribution": "pareto", "shape": 0 }),
                "`shape` must be above 0",
            ),
            (
                json!({ "distribution": "normal", "mean_us": -1 }),
                "`mean_us` must be a whole number of at least 0",
            ),
            (
                json!({ "distribution": "flat" }),
                "`distribution` is `flat`, but can be uniform, normal, pareto, percentiles or recorded",
            ),
        ] {
            assert_eq!(read(attributes).unwrap_err(), message);
        }
        for (attributes, message) in [
            (
                json!({}),
                "`counts_us` must be a list of [microseconds, how often]",
            ),
            (
                json!({ "counts_us": [[5]] }),
                "`counts_us` must be a list of [microseconds, how often]",
            ),
            (
                json!({ "counts_us": [] }),
                "`counts_us`: no value was measured",
            ),
            (
                json!({ "log": "#\nx\n" }),
                "`log` line 2: this is no line of an HDR histogram log",
            ),
            (
                json!({ "log": "", "unit": "s" }),
                "`unit` is `s`, but can be ns, us or ms",
            ),
        ] {
            let mut attributes = attributes;
            attributes["distribution"] = json!("recorded");
            assert_eq!(read(attributes).unwrap_err(), message);
        }
        for list in [
            json!([]),
            json!([[50]]),
            json!([[50, 1], [50, 2]]),
            json!([[101, 1]]),
        ] {
            let attributes = json!({ "distribution": "percentiles", "percentiles_us": list });
            assert!(
                read(attributes)
                    .unwrap_err()
                    .starts_with("`percentiles_us` must")
            );
        }
    }
}
