use rtest_metrics::{RunRecord, Summary};
use unicode_width::UnicodeWidthStr;

use super::metrics;
use super::style::{Ink, Style};
use super::table::{Cell, Column, Table, cut};
use crate::checks::CheckRow;
use crate::endpoints::EndpointRow;
use crate::engine;
use crate::fault::fault_sign;
use crate::groups::GroupRow;
use crate::number::{count, counted, ms, percent, rate, span_seconds};
use crate::outcomes::OutcomeRow;
use crate::phases::{Numbers, Stretch, StretchKind};
use crate::replayed::ReplayRow;
use crate::visible::one_line;

/// Endpoints and error kinds listed at most; the HTML report has the rest.
const LISTED: usize = 12;

pub(super) fn render(out: &mut String, record: &RunRecord, style: Style) {
    let Some(header) = &record.header.load else {
        return;
    };
    out.push_str(&style.heading("LOAD"));
    for scenario in &header.scenarios {
        let name = one_line(&scenario.name);
        let plan = format!(
            "{} · {} → {}",
            scenario.executor, scenario.description, header.target
        );
        let room = style.columns().saturating_sub(name.width() + 3);
        out.push_str(&format!(
            "  {name} {}\n",
            style.paint(Ink::Faint, &cut(&one_line(&plan), room))
        ));
        if let Some(mark) = engine::mark(scenario) {
            out.push_str(&format!(
                "    {}\n",
                style.paint(Ink::Strong, &one_line(&mark))
            ));
        }
    }
    let stretches = Stretch::all(record);
    let requests = stretches.last().map_or(0, |whole| whole.numbers.requests);
    if requests == 0 {
        out.push_str(&format!(
            "  {}\n",
            style.paint(Ink::Bad, "no request was sent")
        ));
        metrics::render(out, record, style);
        return;
    }
    self::stretches(out, record, &stretches, style);
    metrics::render(out, record, style);
    endpoints(out, record, style);
    groups(out, record, style);
    outcomes(out, record, style);
    checks(out, record, style);
    replayed(out, record, style);
}

/// Before, during each fault, after.
fn stretches(out: &mut String, record: &RunRecord, stretches: &[Stretch], style: Style) {
    let mut table = Table::new([
        Column::left("response time in ms"),
        Column::right("seconds").spare(2),
        Column::right("requests"),
        Column::right("failed"),
        Column::right("p50"),
        Column::right("p95"),
        Column::right("p99"),
        Column::right("max"),
        Column::right("service p95").spare(1),
    ]);
    let start = record.load.as_ref().map(|load| load.start);
    for stretch in stretches {
        let label = stretch.label(record);
        let (label, ink) = match stretch.kind {
            StretchKind::During(fault) => (format!("{} {label}", fault_sign(fault)), Ink::Fault),
            StretchKind::Whole => (label.into_owned(), Ink::Strong),
            _ => (label.into_owned(), Ink::Plain),
        };
        let since_start =
            |at: rtest_core::RunTime| start.map_or(0.0, |start| at.since(start).as_secs_f64());
        let mut row = vec![
            Cell::inked(ink, label),
            Cell::inked(
                Ink::Faint,
                span_seconds(since_start(stretch.from), since_start(stretch.to)),
            ),
        ];
        row.extend(numbers(&stretch.numbers));
        row.push(Cell::new(quantile(&stretch.numbers.service_time, 0.95)));
        table.row(row);
    }
    out.push('\n');
    out.push_str(&table.render(style));
}

/// Requests, failed, p50, p95, p99, max.
fn numbers(numbers: &Numbers) -> [Cell; 6] {
    let response = &numbers.response_time;
    [
        Cell::new(count(numbers.requests)),
        Cell::inked(
            if numbers.failed > 0 {
                Ink::Bad
            } else {
                Ink::Plain
            },
            percent(numbers.failed, numbers.requests),
        ),
        Cell::new(quantile(response, 0.5)),
        Cell::inked(Ink::Strong, quantile(response, 0.95)),
        Cell::new(quantile(response, 0.99)),
        Cell::new(quantile(response, 1.0)),
    ]
}

fn quantile(histogram: &rtest_core::Histogram, q: f64) -> String {
    if histogram.is_empty() {
        return "–".to_owned();
    }
    ms(if q < 1.0 {
        histogram.quantile_ms(q)
    } else {
        histogram.max_ms()
    })
}

fn endpoints(out: &mut String, record: &RunRecord, style: Style) {
    let rows = EndpointRow::all(record);
    let seconds = Summary::new(record).load_seconds();
    let mut table = Table::new([
        Column::left("endpoint"),
        Column::right("rate").spare(1),
        Column::right("requests"),
        Column::right("failed"),
        Column::right("p50"),
        Column::right("p95"),
        Column::right("p99"),
        Column::right("max"),
    ]);
    for row in rows.iter().take(LISTED) {
        let mut cells = vec![
            Cell::new(format!("{} {}", row.method, row.endpoint)),
            Cell::inked(Ink::Faint, rate(row.numbers.sent() as f64, seconds)),
        ];
        cells.extend(numbers(&row.numbers));
        table.row(cells);
    }
    out.push('\n');
    out.push_str(&table.render(style));
    more(out, rows.len(), "endpoint", style);
}

/// How long groups took, those within a group below it.
fn groups(out: &mut String, record: &RunRecord, style: Style) {
    let rows = GroupRow::all(record);
    if rows.is_empty() {
        return;
    }
    let mut table = Table::new([
        Column::left("group, ms"),
        Column::right("times"),
        Column::right("p50"),
        Column::right("p95"),
        Column::right("p99"),
        Column::right("max"),
    ]);
    for row in rows.iter().take(LISTED) {
        table.row([
            Cell::new(format!("{}{}", "  ".repeat(row.depth()), row.name())),
            Cell::new(count(row.duration.len())),
            Cell::new(quantile(&row.duration, 0.5)),
            Cell::inked(Ink::Strong, quantile(&row.duration, 0.95)),
            Cell::new(quantile(&row.duration, 0.99)),
            Cell::new(quantile(&row.duration, 1.0)),
        ]);
    }
    out.push('\n');
    out.push_str(&table.render(style));
    more(out, rows.len(), "group", style);
}

/// How requests ended, each kind with one example.
fn outcomes(out: &mut String, record: &RunRecord, style: Style) {
    let rows = OutcomeRow::all(record);
    let total: u64 = rows.iter().map(|row| row.requests).sum();
    let mut table = Table::new([
        Column::left("answer"),
        Column::right("requests"),
        Column::right("share"),
        Column::left("").flexible(),
    ]);
    for row in rows.iter().take(LISTED) {
        let ink = match row.outcome.failed() {
            false => Ink::Good,
            true => Ink::Bad,
        };
        table.row([
            Cell::inked(ink, row.name()),
            Cell::new(count(row.requests)),
            Cell::new(percent(row.requests, total)),
            Cell::inked(Ink::Faint, row.example.unwrap_or_default()),
        ]);
    }
    out.push('\n');
    out.push_str(&table.render(style));
    more(out, rows.len(), "kind of answer", style);
}

fn more(out: &mut String, all: usize, noun: &str, style: Style) {
    if let Some(more) = all.checked_sub(LISTED).filter(|more| *more > 0) {
        let more = format!("  … {}\n", counted(more as u64, &format!("more {noun}")));
        out.push_str(&style.paint(Ink::Faint, &more));
    }
}

/// Checks that did not always hold. Those that did are counted in `checks`.
fn checks(out: &mut String, record: &RunRecord, style: Style) {
    let rows = CheckRow::all(record);
    let broken: Vec<&CheckRow<'_>> = rows
        .iter()
        .filter(|row| row.fails > 0 || row.passes == 0)
        .collect();
    if broken.is_empty() {
        return;
    }
    let mut table = Table::new([
        Column::left("check").flexible(),
        Column::right("held"),
        Column::right("of"),
        Column::left("step").spare(1),
    ]);
    for row in broken.iter().take(LISTED) {
        table.row([
            Cell::inked(Ink::Bad, format!("✗ {}", row.name)),
            Cell::new(count(row.passes)),
            Cell::new(count(row.passes + row.fails)),
            Cell::inked(
                Ink::Faint,
                format!("{} / {} {}", row.scenario, row.method, row.endpoint),
            ),
        ]);
    }
    out.push('\n');
    out.push_str(&table.render(style));
    more(out, broken.len(), "check", style);
}

/// Interactions of contracts that were sent as load: whether they were kept, beside how fast.
fn replayed(out: &mut String, record: &RunRecord, style: Style) {
    let rows = ReplayRow::all(record);
    if rows.is_empty() {
        return;
    }
    let mut table = Table::new([
        Column::left("contract as load").flexible(),
        Column::right("requests").spare(1),
        Column::right("matched"),
        Column::right("violations"),
        Column::right("share"),
        Column::right("p95"),
        Column::right("p99"),
    ]);
    for row in rows.iter().take(LISTED) {
        let ink = match (row.kept, row.violated) {
            (1.., 0) => Ink::Good,
            _ => Ink::Bad,
        };
        table.row([
            Cell::new(format!(
                "{}: {}",
                row.interaction.consumer, row.interaction.description
            )),
            Cell::new(count(row.numbers.requests)),
            Cell::new(count(row.judged())),
            Cell::inked(ink, count(row.violated)),
            Cell::inked(ink, percent(row.violated, row.judged())),
            Cell::inked(Ink::Strong, quantile(&row.numbers.response_time, 0.95)),
            Cell::new(quantile(&row.numbers.response_time, 0.99)),
        ]);
    }
    out.push('\n');
    out.push_str(&table.render(style));
    more(out, rows.len(), "interaction", style);
}
