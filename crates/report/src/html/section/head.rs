use rtest_core::RunTime;
use rtest_metrics::{GateStatus, Outcome};

use crate::ending::why;
use crate::html::context::Context;
use crate::html::markup::esc;
use crate::judged::judged;
use crate::number::{count, counted, latency, percent, rate, took};
use crate::pairs::Pair;
use crate::phases::StretchKind;

/// The top of the page: how it came out, in one look.
pub(crate) fn head(context: &Context<'_>) -> String {
    let header = &context.record.header;
    let verdict = context.verdict;
    let class = outcome_class(verdict.outcome);
    let sign = match class {
        "good" => "✓",
        "bad" => "✗",
        _ => "!",
    };
    let passed = judged(verdict)
        .filter(|gate| gate.status == GateStatus::Passed)
        .count();
    let score = match judged(verdict)
        .filter(|gate| gate.status != GateStatus::Skipped)
        .count()
    {
        0 => "nothing was judged".to_owned(),
        all if all == passed => format!("all {} passed", counted(all as u64, "gate")),
        all => format!("{passed} of {} passed", counted(all as u64, "gate")),
    };
    let why = why(context.record, verdict).map_or_else(String::new, |why| {
        format!("<pre class=\"why\">{}</pre>\n", esc(&why))
    });
    format!(
        "<header class=\"{class}\"><div class=\"inner\">\n\
         <p class=\"badge\"><span aria-hidden=\"true\">{sign}</span> <span class=\"word\">{}</span></p>\n<h1>{}</h1>\n\
         <p class=\"meta\">{score} · {} · seed <b>{}</b> · <time>{}</time></p>\n{why}{}</div></header>\n",
        esc(verdict.outcome.name()),
        esc(&header.name),
        took(context.record.last.since(RunTime::ZERO)),
        header.seed,
        esc(&header.started_at),
        tiles(context),
    )
}

fn tiles(context: &Context<'_>) -> String {
    let mut tiles = String::new();
    let mut tile = |name: &str, value: &str, note: &str| {
        tiles.push_str(&format!(
            "<div class=\"tile\"><dt>{}</dt><dd>{}<small>{}</small></dd></div>\n",
            esc(name),
            esc(value),
            esc(note)
        ));
    };
    let whole = context
        .stretches
        .iter()
        .find(|stretch| stretch.kind == StretchKind::Whole);
    if let Some(whole) = whole.filter(|whole| whole.numbers.requests > 0) {
        let numbers = &whole.numbers;
        for (name, q) in [("p95", 0.95), ("p99", 0.99)] {
            tile(
                name,
                &latency(numbers.response_time.quantile_ms(q)),
                &around_faults(context, q),
            );
        }
        tile(
            "failed requests",
            &percent(numbers.failed, numbers.requests),
            &format!("{} of {}", count(numbers.failed), count(numbers.requests)),
        );
        tile(
            "throughput",
            &rate(numbers.sent() as f64, context.summary.load_seconds()),
            &counted(numbers.requests, "request"),
        );
    }
    let record = context.record;
    if !record.faults.is_empty() && !context.nothing_ran() {
        let clean = record
            .faults
            .iter()
            .filter(|fault| fault.rolled_back.is_some() && fault.clean)
            .count();
        tile(
            "faults rolled back",
            &format!("{clean} of {}", record.faults.len()),
            if clean == record.faults.len() {
                "and proven to be"
            } else {
                "see Chaos"
            },
        );
    }
    let pairs = Pair::all(record);
    if !pairs.is_empty() || !record.contract_failures.is_empty() {
        let verified: usize = pairs.iter().map(|pair| pair.verified).sum();
        let all: usize = pairs.iter().map(|pair| pair.interactions.len()).sum();
        tile(
            "contracts",
            &format!("{verified} of {all}"),
            "interactions verified",
        );
    }
    if !record.sims.is_empty() {
        let seeds: u64 = record.sims.iter().map(|sim| u64::from(sim.seeds_run)).sum();
        let steady = record
            .sims
            .iter()
            .all(|sim| sim.deterministic && sim.seeds_failed == 0 && sim.failures.is_empty());
        tile(
            "seeds explored",
            &count(seeds),
            if steady {
                "all pass, byte-identical"
            } else {
                "not all pass"
            },
        );
    }
    if tiles.is_empty() {
        return tiles;
    }
    format!("<dl class=\"tiles\">\n{tiles}</dl>\n")
}

/// `before 4 ms → worst fault 412 ms → after 4 ms`, or what it covers.
fn around_faults(context: &Context<'_>, q: f64) -> String {
    let of = |wanted: fn(StretchKind) -> bool| {
        let stretches = context
            .stretches
            .iter()
            .filter(move |stretch| wanted(stretch.kind) && stretch.numbers.requests > 0);
        stretches
            .map(|stretch| stretch.numbers.response_time.quantile_ms(q))
            .reduce(f64::max)
    };
    let before = of(|kind| kind == StretchKind::Before);
    let during = of(|kind| matches!(kind, StretchKind::During(_)));
    let after = of(|kind| kind == StretchKind::After);
    match (before, during, after) {
        (Some(before), Some(during), Some(after)) => format!(
            "{} → {} in a fault → {}",
            latency(before),
            latency(during),
            latency(after)
        ),
        _ => "response time, whole run".to_owned(),
    }
}

/// The class that colours the page.
fn outcome_class(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "good",
        Outcome::Failed | Outcome::EnvironmentFailed => "bad",
        Outcome::Inconclusive | Outcome::Invalid | Outcome::Interrupted => "doubt",
    }
}
