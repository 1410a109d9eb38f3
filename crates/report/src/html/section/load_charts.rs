use std::collections::BTreeMap;

use rtest_core::Histogram;
use rtest_metrics::record::outcome_name;

use crate::html::chart::{Curve, Layer, Scale, Shape, TimeChart, heatmap, spectrum};
use crate::html::context::Context;
use crate::html::markup::status_class;
use crate::number::{count, latency, tick};
use crate::phases::StretchKind;
use crate::timeline::{Point, Timeline};

/// Shades of one colour, for statuses of one class.
const SHADES: usize = 3;

/// Every chart of the load: the two that tell most in full width, the others side by side.
pub(super) fn charts(context: &Context<'_>, timeline: &Timeline) -> String {
    [
        latency_over_time(context, timeline),
        throughput(context, timeline),
        "<div class=\"grid\">\n".to_owned(),
        spectrum(&curves(context)),
        heatmap(context, timeline),
        response_and_service(context, timeline),
        virtual_users(context, timeline),
        "</div>\n".to_owned(),
    ]
    .concat()
}

fn latency_over_time(context: &Context<'_>, timeline: &Timeline) -> String {
    let lines: [(&str, &str, Shape, f64); 4] = [
        ("pmax", "max", Shape::Dashed, 1.0),
        ("p99", "p99", Shape::Line, 0.99),
        ("p95", "p95", Shape::Line, 0.95),
        ("p50", "p50", Shape::Line, 0.5),
    ];
    let layers: Vec<Layer> = lines
        .into_iter()
        .map(|(class, label, shape, q)| Layer {
            class: class.to_owned(),
            label: label.to_owned(),
            shape,
            values: over_time(timeline, |point| &point.response_time, q),
        })
        .collect();
    let scale = scale_of(&layers);
    let whole = context.stretches.last().map(|whole| &whole.numbers);
    let worst = whole.map_or(0.0, |numbers| numbers.response_time.max_ms());
    TimeChart {
        id: "latency",
        title: "Latency over time",
        note: if scale.is_log() {
            "Response time in each interval, log scale."
        } else {
            "Response time in each interval."
        },
        description: format!(
            "p50, p95, p99 and the largest response time in each interval, with fault windows \
             shaded. The largest of all is {}.",
            latency(worst)
        ),
        height: 300.0,
        scale,
        label: latency,
        tick,
        layers,
    }
    .render(context, timeline)
}

fn over_time(timeline: &Timeline, of: impl Fn(&Point) -> &Histogram, q: f64) -> Vec<Option<f64>> {
    timeline
        .points
        .iter()
        .map(|point| {
            let histogram = of(point);
            (!histogram.is_empty()).then(|| {
                if q < 1.0 {
                    histogram.quantile_ms(q)
                } else {
                    histogram.max_ms()
                }
            })
        })
        .collect()
}

fn scale_of(layers: &[Layer]) -> Scale {
    let values: Vec<f64> = layers
        .iter()
        .flat_map(|layer| layer.values.iter().flatten().copied())
        .collect();
    Scale::latency(values)
}

fn throughput(context: &Context<'_>, timeline: &Timeline) -> String {
    let per_second = |point: &Point, requests: u64| requests as f64 / point.seconds();
    let mut of_class: BTreeMap<&str, usize> = BTreeMap::new();
    let mut layers: Vec<Layer> = Vec::new();
    for outcome in timeline.outcomes() {
        let class = status_class(outcome);
        let nth = of_class.entry(class).or_default();
        layers.push(Layer {
            class: format!("{class} nth{}", *nth % SHADES),
            label: outcome_name(outcome),
            shape: Shape::Stacked,
            values: timeline
                .points
                .iter()
                .map(|point| {
                    let requests = point.outcomes.get(&outcome).copied().unwrap_or(0);
                    Some(per_second(point, requests))
                })
                .collect(),
        });
        *nth += 1;
    }
    let totals = timeline.points.iter().map(|point| {
        let answered: u64 = point.outcomes.values().sum();
        per_second(point, answered.max(point.offered))
    });
    let scale = Scale::linear(totals);
    layers.push(Layer {
        class: "offered".to_owned(),
        label: "arrivals offered".to_owned(),
        shape: Shape::Steps,
        values: timeline
            .points
            .iter()
            .map(|point| Some(per_second(point, point.offered)))
            .collect(),
    });
    let failed = context
        .stretches
        .last()
        .map_or(0, |whole| whole.numbers.failed);
    TimeChart {
        id: "throughput",
        title: "Throughput",
        note: "Requests ended per second, by status or error; the line is what the schedule asked for (iterations).",
        description: format!(
            "Requests that ended per second, stacked by status and error, with fault windows \
             shaded; {} failed in all.",
            count(failed)
        ),
        height: 240.0,
        scale,
        label: per_second_label,
        tick: per_second_label,
        layers,
    }
    .render(context, timeline)
}

pub(super) fn per_second_label(value: f64) -> String {
    if value >= 10.0 || value.fract() == 0.0 {
        format!("{}/s", count(value.round() as u64))
    } else {
        format!("{value:.1}/s")
    }
}

/// Before, each fault, after. Without faults, the run.
fn curves(context: &Context<'_>) -> Vec<Curve<'static>> {
    const FAULTS: [&str; 6] = [
        "cfault0", "cfault1", "cfault2", "cfault3", "cfault4", "cfault5",
    ];
    let has_faults = context.stretches.len() > 1;
    let mut faults = 0;
    let stretches = context.stretches.iter().filter_map(|stretch| {
        let class = match stretch.kind {
            StretchKind::Whole if has_faults => return None,
            StretchKind::Between => return None,
            StretchKind::Whole => "p95",
            StretchKind::Before => "cbefore",
            StretchKind::After => "cafter",
            StretchKind::During(_) => {
                faults += 1;
                FAULTS[(faults - 1) % FAULTS.len()]
            }
        };
        let label = match stretch.kind {
            StretchKind::During(fault) => context.fault_label(fault),
            _ => stretch.label(context.record).into_owned(),
        };
        Some(Curve {
            class,
            label,
            histogram: stretch.numbers.response_time.clone(),
        })
    });
    stretches.collect()
}

fn response_and_service(context: &Context<'_>, timeline: &Timeline) -> String {
    let response: fn(&Point) -> &Histogram = |point| &point.response_time;
    let service: fn(&Point) -> &Histogram = |point| &point.service_time;
    let lines = [
        ("p99", "response p99", Shape::Line, response, 0.99),
        ("cservice", "service p99", Shape::Dashed, service, 0.99),
        ("p50", "response p50", Shape::Line, response, 0.5),
        ("pmax", "service p50", Shape::Dashed, service, 0.5),
    ];
    let layers: Vec<Layer> = lines
        .into_iter()
        .map(|(class, label, shape, of, q)| Layer {
            class: class.to_owned(),
            label: label.to_owned(),
            shape,
            values: over_time(timeline, of, q),
        })
        .collect();
    TimeChart {
        id: "service",
        title: "Response time against service time",
        note: "A gap between the two is waiting that a closed loop would have hidden.",
        description: "p50 and p99 of response time, from when a request was due, and of service \
                      time, from when it was sent, in each interval."
            .to_owned(),
        height: 220.0,
        scale: scale_of(&layers),
        label: latency,
        tick,
        layers,
    }
    .render(context, timeline)
}

fn virtual_users(context: &Context<'_>, timeline: &Timeline) -> String {
    let made: u64 = context
        .record
        .load
        .iter()
        .flat_map(|load| &load.scenarios)
        .map(|total| total.counters.vus_max)
        .sum();
    let values: Vec<f64> = timeline
        .points
        .iter()
        .map(|point| point.vus as f64)
        .collect();
    let most = values.iter().copied().fold(0.0, f64::max);
    TimeChart {
        id: "vus",
        title: "Virtual users at work",
        note: "The most iterations under way at once in each interval; one connection each.",
        description: format!(
            "Virtual users at work over time, {} at most, of {} made.",
            count(most as u64),
            count(made)
        ),
        height: 220.0,
        scale: Scale::linear(values.iter().copied()),
        label: plain,
        tick: plain,
        layers: vec![Layer {
            class: "p95".to_owned(),
            label: format!("at work, of {} made", count(made)),
            shape: Shape::Steps,
            values: values.into_iter().map(Some).collect(),
        }],
    }
    .render(context, timeline)
}

fn plain(value: f64) -> String {
    if value.fract() == 0.0 {
        count(value as u64)
    } else {
        format!("{value:.1}")
    }
}
