use rtest_core::traffic::LinkTick;
use rtest_metrics::RunRecord;

use super::load_charts::per_second_label;
use crate::html::chart::{Layer, Scale, Shape, TimeChart};
use crate::html::context::Context;
use crate::number::count;
use crate::timeline::Timeline;

/// How an attempt may have ended, as the chart shows it: class, label, and how many of a tick did.
type End = (&'static str, &'static str, fn(&LinkTick) -> u64);

const ENDS: [End; 5] = [
    ("s2xx nth0", "answered", |tick| tick.ends.answered),
    ("s5xx nth0", "500 and above", |tick| tick.ends.server_errors),
    ("stimeout nth0", "given up by the caller", |tick| {
        tick.ends.given_up
    }),
    ("serror nth0", "broken", |tick| tick.ends.broken),
    ("sgone nth0", "refused", |tick| tick.ends.refused),
];

/// What callers tried on each link on which something was expected of them, and how it ended.
pub(super) fn charts(context: &Context<'_>) -> String {
    let Some(timeline) = &context.timeline else {
        return String::new();
    };
    let record = context.record;
    let links = (0_u16..).zip(&record.header.links);
    let told = links.filter(|(_, link)| is_expected_of(record, link));
    let charts: Vec<String> = told
        .map(|(index, link)| chart(context, timeline, index, link))
        .collect();
    charts.concat()
}

fn is_expected_of(record: &RunRecord, link: &String) -> bool {
    let faults = &record.header.faults;
    let mut faults = faults.iter().filter(|fault| !fault.expect.is_empty());
    faults.any(|fault| fault.links.contains(link))
}

fn chart(context: &Context<'_>, timeline: &Timeline, index: u16, link: &str) -> String {
    let ticks: Vec<&LinkTick> = context
        .record
        .traffic
        .iter()
        .filter(|tick| tick.link == index)
        .collect();
    if ticks.is_empty() {
        return String::new();
    }
    let in_point = |of: fn(&LinkTick) -> u64| -> Vec<Option<f64>> {
        let mut rates = vec![0.0; timeline.points.len()];
        for tick in &ticks {
            let (from, to) = (context.seconds(tick.from), context.seconds(tick.to));
            let first = timeline.points.partition_point(|point| point.to <= from);
            // A tick that lies in two points counts in each for the part that lies there.
            for (rate, point) in rates.iter_mut().zip(&timeline.points).skip(first) {
                if point.from >= to {
                    break;
                }
                let part = (to.min(point.to) - from.max(point.from)) / (to - from);
                *rate += of(tick) as f64 * part / point.seconds();
            }
        }
        rates.into_iter().map(Some).collect()
    };
    let layers: Vec<Layer> = ENDS
        .into_iter()
        .filter(|(_, _, of)| ticks.iter().any(|tick| of(tick) > 0))
        .map(|(class, label, of)| Layer {
            class: class.to_owned(),
            label: label.to_owned(),
            shape: Shape::Stacked,
            values: in_point(of),
        })
        .collect();
    let totals = in_point(|tick| tick.ends.total());
    let all: u64 = ticks.iter().map(|tick| tick.began).sum();
    let title = format!("Attempts on {link}");
    TimeChart {
        id: &format!("attempts-{index}"),
        title: &title,
        note: "Requests on the link per second, by how they ended for their caller.",
        description: format!(
            "Requests on the link {link} that ended per second, stacked by how, with fault windows \
             shaded; {} in all.",
            count(all)
        ),
        height: 200.0,
        scale: Scale::linear(totals.into_iter().flatten()),
        label: per_second_label,
        tick: per_second_label,
        layers,
    }
    .render(context, timeline)
}
