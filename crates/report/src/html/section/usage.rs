use rtest_core::clock::RunTime;
use rtest_core::usage::Quantity;
use rtest_metrics::{ServiceRecord, UsagePoint};

use crate::html::chart::{Gantt, Layer, Mark, Row, Scale, Shape, TimeChart};
use crate::html::context::Context;
use crate::html::markup::Heading::{Number, Words};
use crate::html::markup::{esc, table};
use crate::number::{bytes, plain, seconds, share};
use crate::phases::{Stretch, StretchKind};
use crate::timeline::{Point, Timeline};
use crate::usage::{Used, is_level, shown, span};

/// One colour a service; beyond, they begin again, broken.
const COLOURS: [&str; 8] = [
    "p95", "cfault0", "cafter", "p99", "cfault1", "p50", "cfault2", "cfault3",
];

/// What services used, and what became of them while they did.
pub(super) fn render(context: &Context<'_>) -> Option<String> {
    let used = Used::all(context.record);
    let has_services = used.iter().any(|used| !used.is_rtest);
    if context.nothing_ran() || !(has_services || has_incidents(context)) {
        return None;
    }
    let mut out = incidents(context);
    if let Some(timeline) = context.timeline.as_ref().filter(|_| has_services) {
        out.push_str("<div class=\"grid\">\n");
        for chart in &CHARTS {
            out.push_str(&chart.render(context, timeline, &used));
        }
        out.push_str("</div>\n");
    }
    if has_services {
        out.push_str(&numbers(context, &used));
    }
    Some(out)
}

/// A quantity of every service over time.
struct UsageChart {
    quantity: Quantity,
    title: &'static str,
    note: &'static str,
    /// What stands for the samples of one interval.
    read: fn(&[UsagePoint], f64) -> f64,
    label: fn(f64) -> String,
}

const CHARTS: [UsageChart; 7] = [
    UsageChart {
        quantity: Quantity::Cpu,
        title: "CPU of services",
        note: "Share of one core, the mean of each interval.",
        read: mean,
        label: share,
    },
    UsageChart {
        quantity: Quantity::Memory,
        title: "Memory of services",
        note: "The most in each interval, without what the system can take back at once.",
        read: most,
        label: whole_bytes,
    },
    UsageChart {
        quantity: Quantity::Connections,
        title: "Connections of stores",
        note: "The most in each interval, without rtest’s own that counts them.",
        read: most,
        label: plain,
    },
    UsageChart {
        quantity: Quantity::ConnectionsWaiting,
        title: "Connections that wait for a lock",
        note: "The most in each interval.",
        read: most,
        label: plain,
    },
    UsageChart {
        quantity: Quantity::CpuThrottled,
        title: "CPU held back by its limit",
        note: "Share of the limit’s periods in which a service was held back.",
        read: mean,
        label: share,
    },
    UsageChart {
        quantity: Quantity::NetworkIn,
        title: "Network, in",
        note: "Bytes a second that came in.",
        read: per_second,
        label: bytes_per_second,
    },
    UsageChart {
        quantity: Quantity::NetworkOut,
        title: "Network, out",
        note: "Bytes a second that went out.",
        read: per_second,
        label: bytes_per_second,
    },
];

impl UsageChart {
    /// Nothing where the quantity was never seen, or was always 0.
    fn render(&self, context: &Context<'_>, timeline: &Timeline, used: &[Used<'_>]) -> String {
        // A service has one colour in all charts.
        let lines: Vec<(usize, &str, Vec<Option<f64>>)> = used
            .iter()
            .enumerate()
            .map(|(index, used)| (index, used.name, self.over_time(context, timeline, *used)))
            .filter(|(_, _, values)| values.iter().any(Option::is_some))
            .collect();
        let values = || {
            lines
                .iter()
                .flat_map(|(_, _, values)| values.iter().flatten())
        };
        if values().all(|value| *value == 0.0) {
            return String::new();
        }
        let highest = lines.iter().map(|(_, name, values)| {
            let most = values.iter().flatten().copied().fold(0.0, f64::max);
            format!("{name} {} at most", (self.label)(most))
        });
        let highest: Vec<String> = highest.collect();
        let layers = lines.iter().map(|(index, name, values)| Layer {
            class: COLOURS[index % COLOURS.len()].to_owned(),
            label: (*name).to_owned(),
            shape: if *index < COLOURS.len() {
                Shape::Line
            } else {
                Shape::Dashed
            },
            values: values.clone(),
        });
        TimeChart {
            id: &format!("usage-{}", self.quantity.name()),
            title: self.title,
            note: self.note,
            description: format!("{} Over time: {}.", self.note, highest.join(", ")),
            height: 200.0,
            scale: Scale::linear(values().copied()),
            label: self.label,
            tick: self.label,
            layers: layers.collect(),
        }
        .render(context, timeline)
    }

    fn over_time(
        &self,
        context: &Context<'_>,
        timeline: &Timeline,
        used: Used<'_>,
    ) -> Vec<Option<f64>> {
        let start = span(context.record).0;
        let at = |seconds: f64| start + std::time::Duration::from_secs_f64(seconds.max(0.0));
        let of_point = |point: &Point| {
            let (from, to) = (at(point.from), at(point.to));
            let points = used.points(self.quantity, from, to);
            // Nothing is told of a counter to which nothing was added.
            let is_seen = !points.is_empty()
                || !is_level(self.quantity) && used.has(self.quantity) && used.is_seen(from, to);
            is_seen.then(|| (self.read)(points, point.seconds()))
        };
        timeline.points.iter().map(of_point).collect()
    }
}

fn mean(points: &[UsagePoint], _: f64) -> f64 {
    points.iter().map(|point| point.value).sum::<f64>() / points.len().max(1) as f64
}

fn most(points: &[UsagePoint], _: f64) -> f64 {
    points.iter().map(|point| point.value).fold(0.0, f64::max)
}

fn per_second(points: &[UsagePoint], seconds: f64) -> f64 {
    points.iter().map(|point| point.value).sum::<f64>() / seconds
}

fn whole_bytes(value: f64) -> String {
    bytes(value.max(0.0).round() as u64)
}

fn bytes_per_second(value: f64) -> String {
    format!("{}/s", whole_bytes(value))
}

/// Services that ended by themselves, or were killed for want of memory, on the run's time.
fn incidents(context: &Context<'_>) -> String {
    let services = context.record.services.iter();
    let rows: Vec<Row> = services
        .filter_map(|service| row(context, service))
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    Gantt {
        id: "incidents",
        title: "Services that ended by themselves",
        description: rows
            .iter()
            .flat_map(|row| {
                row.marks
                    .iter()
                    .map(|mark| format!("{}: {}", row.label, mark.title))
            })
            .collect::<Vec<_>>()
            .join("; "),
        axis: context.axis(),
        rows,
        shares_cursor: true,
    }
    .render()
}

fn has_incidents(context: &Context<'_>) -> bool {
    let mut services = context.record.services.iter();
    services.any(|service| service.exited_at.is_some() || !service.out_of_memory.is_empty())
}

fn row(context: &Context<'_>, service: &ServiceRecord) -> Option<Row> {
    let axis = context.axis();
    let mark = |at: RunTime, sign, what: &str| {
        let at = context.seconds(at);
        Mark {
            // What happened before the load or after it stands at the edge.
            at: at.clamp(axis.from, axis.to),
            class: "bad",
            sign,
            title: format!("{what} at {} s", seconds(at)),
        }
    };
    let killed = service.out_of_memory.iter();
    let killed = killed.map(|at| mark(*at, "M", "killed for want of memory"));
    let exited = service.exited_at.zip(service.exited.as_ref());
    // A kill for want of memory is an end that has been told of.
    let exited = exited.filter(|_| service.out_of_memory.is_empty());
    let exited = exited.map(|(at, (status, _))| mark(at, "✗", &format!("ended ({status})")));
    let marks: Vec<Mark> = killed.chain(exited).collect();
    let first = marks.first()?;
    Some(Row {
        label: service.name.clone(),
        detail: first.title.clone(),
        bars: Vec::new(),
        marks,
    })
}

/// Every service, in every stretch.
fn numbers(context: &Context<'_>, used: &[Used<'_>]) -> String {
    let (from, until) = span(context.record);
    let mut rows = String::new();
    for used in used {
        if context.stretches.is_empty() {
            rows.push_str(&number_row(
                "whole",
                used.name,
                "whole run",
                *used,
                (from, until),
            ));
        }
        for stretch in &context.stretches {
            let (class, label) = match stretch.kind {
                StretchKind::Whole => ("whole", stretch.label(context.record).into_owned()),
                StretchKind::During(fault) => ("", context.fault_label(fault)),
                _ => ("", stretch.label(context.record).into_owned()),
            };
            let name = if is_first(context, stretch) {
                used.name
            } else {
                ""
            };
            let ends = (stretch.from, stretch.to);
            rows.push_str(&number_row(class, name, &label, *used, ends));
        }
    }
    table(
        "What services used",
        &[
            Words("Service"),
            Words("Stretch"),
            Number("CPU"),
            Number("max"),
            Number("Throttled"),
            Number("Memory"),
            Number("max"),
            Number("In"),
            Number("Out"),
            Number("Connections"),
            Number("max"),
        ],
        &rows,
    )
}

fn is_first(context: &Context<'_>, stretch: &Stretch) -> bool {
    let first = context.stretches.first();
    first.is_some_and(|first| first.kind == stretch.kind && first.from == stretch.from)
}

fn number_row(
    class: &str,
    name: &str,
    label: &str,
    used: Used<'_>,
    (from, until): (RunTime, RunTime),
) -> String {
    let cell = |text: Option<String>| {
        let text = text.unwrap_or_else(|| "–".to_owned());
        format!("<td class=\"num\">{}</td>", esc(&text))
    };
    let level = |of| used.level(of, from, until);
    let avg = |of| cell(level(of).map(|sampled| shown(of, sampled.avg)));
    let max = |of| cell(level(of).map(|sampled| shown(of, sampled.level.max)));
    let sum = |of| {
        let sum = used.sum(of, from, until);
        cell((sum > 0.0).then(|| shown(of, sum)))
    };
    format!(
        "<tr class=\"{class}\"><th scope=\"row\">{}</th><td>{}</td>{}{}{}{}{}{}{}{}{}</tr>\n",
        esc(name),
        esc(label),
        avg(Quantity::Cpu),
        max(Quantity::Cpu),
        avg(Quantity::CpuThrottled),
        avg(Quantity::Memory),
        max(Quantity::Memory),
        sum(Quantity::NetworkIn),
        sum(Quantity::NetworkOut),
        avg(Quantity::Connections),
        max(Quantity::Connections),
    )
}
