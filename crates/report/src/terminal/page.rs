use rtest_metrics::{GateStatus, Outcome, RunRecord, Verdict};

use super::style::{Ink, Style};
use super::{coverage, footer, gates, load, services};
use crate::ending::why;
use crate::judged::judged;
use crate::number::{counted, took};
use crate::visible::{one_line, visible};

/// The page that a run ends with.
pub fn render(record: &RunRecord, verdict: &Verdict, style: Style) -> String {
    let mut out = String::new();
    head(&mut out, record, verdict, style);
    gates::troubles(&mut out, verdict, style);
    gates::passed(&mut out, record, verdict, style);
    if !record.nothing_ran() {
        coverage::render(&mut out, record, style);
        load::render(&mut out, record, style);
        services::render(&mut out, record, style);
    }
    footer::render(&mut out, record, style);
    out
}

fn head(out: &mut String, record: &RunRecord, verdict: &Verdict, style: Style) {
    let ink = match verdict.outcome {
        Outcome::Passed => Ink::Good,
        Outcome::Failed | Outcome::EnvironmentFailed => Ink::Bad,
        Outcome::Inconclusive | Outcome::Invalid | Outcome::Interrupted => Ink::Doubtful,
    };
    let name = verdict.outcome.name().to_uppercase();
    let troubles = judged(verdict)
        .filter(|gate| gate.status.is_trouble())
        .count();
    let gates = judged(verdict).filter(|gate| gate.status != GateStatus::Skipped);
    let gates = gates.count() as u64;
    let score = match (troubles, gates) {
        (_, 0) => "nothing was judged".to_owned(),
        (0, _) => format!("{} passed", counted(gates, "gate")),
        _ => format!("{troubles} of {} did not pass", counted(gates, "gate")),
    };
    out.push_str(&format!(
        "{} {}\n{}\n",
        style.badge(ink, &name),
        style.paint(Ink::Strong, &one_line(&record.header.name)),
        style.paint(
            Ink::Faint,
            &format!(
                "{score} · {} · seed {}",
                took(record.last.since(rtest_core::RunTime::ZERO)),
                record.header.seed
            )
        ),
    ));
    services::startup(out, record, style);
    if let Some(why) = why(record, verdict) {
        out.push('\n');
        for line in visible(&why).lines() {
            out.push_str(&format!("{}\n", style.paint(ink, line)));
        }
    }
}
