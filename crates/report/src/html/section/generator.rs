use rtest_core::Histogram;
use rtest_metrics::HealthPoint;

use crate::html::chart::{Layer, Scale, Shape, TimeChart};
use crate::html::context::Context;
use crate::html::markup::Heading::{Number, Words};
use crate::html::markup::{esc, table};
use crate::lateness::own_lateness;
use crate::number::{count, latency};
use crate::timeline::Timeline;

/// Whether the machine that sent can be trusted to have kept up.
pub(super) fn render(context: &Context<'_>) -> Option<String> {
    let timeline = context.timeline.as_ref()?;
    let record = context.record;
    let mut out = String::new();
    let schedule_lag = context
        .summary
        .value(&rtest_core::metric::MetricSelector::whole("schedule_lag"));
    let mut rows = lag_row(
        "own lateness",
        "due → begun, where a virtual user was free",
        &own_lateness(record),
    );
    if let Some(rtest_metrics::summary::Value::Trend(lag)) = schedule_lag {
        rows.push_str(&lag_row(
            "schedule_lag",
            "due → sent, waiting for a free virtual user included",
            &lag,
        ));
    }
    out.push_str(&table(
        "How late requests were sent",
        &[
            Words("Lateness"),
            Words("What it is"),
            Number("p50"),
            Number("p99"),
            Number("max"),
        ],
        &rows,
    ));
    if !record.health.is_empty() {
        out.push_str(&cpu(context, timeline));
        let files = record.health.iter().map(|point| point.open_files).max();
        let limit = record.health.iter().map(|point| point.open_files_limit);
        out.push_str(&format!(
            "<p class=\"faint\">Open files: {} at most, of {} allowed.</p>\n",
            count(files.unwrap_or(0)),
            count(limit.min().unwrap_or(0))
        ));
        out.push_str(&local_ports(&record.health));
    }
    Some(out)
}

fn local_ports(health: &[HealthPoint]) -> String {
    let most = health.iter().map(|point| point.local_ports).max();
    let limit = health.iter().map(|point| point.local_ports_limit).max();
    match most.zip(limit) {
        Some((most, limit)) if limit > 0 => format!(
            "<p class=\"faint\">Local ports: {} at most, of {} that connections are given.</p>\n",
            count(most),
            count(limit)
        ),
        _ => String::new(),
    }
}

fn lag_row(name: &str, meaning: &str, lag: &Histogram) -> String {
    let cell = |value: f64| {
        if lag.is_empty() {
            "<td class=\"num\">–</td>".to_owned()
        } else {
            format!("<td class=\"num\">{}</td>", latency(value))
        }
    };
    format!(
        "<tr><th scope=\"row\">{}</th><td class=\"faint\">{}</td>{}{}{}</tr>\n",
        esc(name),
        esc(meaning),
        cell(lag.quantile_ms(0.5)),
        cell(lag.quantile_ms(0.99)),
        cell(lag.max_ms())
    )
}

fn cpu(context: &Context<'_>, timeline: &Timeline) -> String {
    let record = context.record;
    let over_time = |of: fn(&HealthPoint) -> f64| -> Vec<Option<f64>> {
        let points = timeline.points.iter().map(|point| {
            let within = record.health.iter().filter(|health| {
                let at = context.seconds(health.at);
                (point.from..point.to).contains(&at)
            });
            within.map(|health| of(health) * 100.0).reduce(f64::max)
        });
        points.collect()
    };
    let most = |values: &[Option<f64>]| values.iter().flatten().copied().fold(0.0, f64::max);
    let (share, busiest) = (
        over_time(|health| health.cpu_share),
        over_time(|health| health.busiest_worker),
    );
    let mut description = format!(
        "CPU of the generating process over time, {:.0} % of {} cores at most.",
        most(&share),
        record.header.host.cores
    );
    let layer = |class: &str, label: &str, shape, values| Layer {
        class: class.to_owned(),
        label: label.to_owned(),
        shape,
        values,
    };
    let knows_workers = most(&busiest) > 0.0;
    let mut layers = vec![layer("p95", "CPU", Shape::Line, share)];
    if knows_workers {
        description.push_str(&format!(
            " Its busiest worker has work for {:.0} % of the time at most.",
            most(&busiest)
        ));
        layers.push(layer("p99", "busiest worker", Shape::Dashed, busiest));
    }
    TimeChart {
        id: "cpu",
        title: "CPU of the generator",
        note: if knows_workers {
            "Share of all cores, and of its busiest worker’s time. Near 100 % it measures itself, \
             not the target."
        } else {
            "Share of all cores. Near 100 % it measures itself, not the target."
        },
        description,
        height: 160.0,
        scale: Scale::Linear { top: 100.0 },
        label: |value| format!("{value:.0} %"),
        tick: |value| format!("{value:.0} %"),
        layers,
    }
    .render(context, timeline)
}
