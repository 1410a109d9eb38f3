use rtest_core::Histogram;

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
    }
    Some(out)
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
    let values: Vec<Option<f64>> = timeline
        .points
        .iter()
        .map(|point| {
            let within = record.health.iter().filter(|health| {
                let at = context.seconds(health.at);
                (point.from..point.to).contains(&at)
            });
            within
                .map(|health| health.cpu_share * 100.0)
                .reduce(f64::max)
        })
        .collect();
    let most = values.iter().flatten().copied().fold(0.0, f64::max);
    TimeChart {
        id: "cpu",
        title: "CPU of the generator",
        note: "Share of all cores. Near 100 % it measures itself, not the target.",
        description: format!(
            "CPU of the generating process over time, {most:.0} % of {} cores at most.",
            record.header.host.cores
        ),
        height: 160.0,
        scale: Scale::Linear { top: 100.0 },
        label: |value| format!("{value:.0} %"),
        tick: |value| format!("{value:.0} %"),
        layers: vec![Layer {
            class: "p95".to_owned(),
            label: "CPU".to_owned(),
            shape: Shape::Line,
            values,
        }],
    }
    .render(context, timeline)
}
