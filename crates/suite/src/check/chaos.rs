use std::time::Duration;

use rtest_core::plan::{FaultPlan, FaultTarget, LinkFault, ResiliencePlan};
use rtest_core::{Code, Diagnostic, Span};

use crate::check::Context;
use crate::check::load::Driven;
use crate::check::resilience;
use crate::check::tags::{self, is_selectable};
use crate::file::{Chaos, Fault, Latency};
use crate::scalar::shown;
use crate::spanned::Spanned;

/// Checks the timeline; by start, as a plan has it. It runs beside this load.
pub(super) fn timeline(chaos: &Chaos, driven: &Driven, cx: &mut Context<'_>) -> Vec<FaultPlan> {
    let faults = chaos.timeline.value().map(|list| list.items.as_slice());
    let mut read: Vec<Unnamed> = faults
        .unwrap_or_default()
        .iter()
        .filter_map(|fault| self::fault(fault, driven, cx))
        .collect();
    read.sort_by_key(|fault| fault.at);
    refuse_overlaps(&read, cx);
    named(read, cx)
}

/// A fault without its final name, and the places of what its rules are about.
struct Unnamed {
    at: Duration,
    at_span: Span,
    lasting: Duration,
    link: String,
    kind: LinkFault,
    expect: Vec<ResiliencePlan>,
    name: Option<Spanned<String>>,
    span: Span,
}

fn fault(fault: &Spanned<Fault>, driven: &Driven, cx: &mut Context<'_>) -> Option<Unnamed> {
    let fault = &fault.value;
    let link = fault
        .link
        .spanned()
        .and_then(|link| cx.services.link(&link.value, &link.span, cx.found));
    let kind = if let Some(latency) = fault.latency.entry() {
        self::latency(&latency.value.value, cx).map(|kind| (kind, latency.whole.clone()))
    } else {
        let down = fault.down.entry().map(|down| (LinkFault::Down, down));
        let reset = fault.reset.entry().map(|reset| (LinkFault::Reset, reset));
        down.or(reset)
            .map(|(kind, entry)| (kind, entry.whole.clone()))
    };
    let expect = fault.expect.spanned();
    let expect = expect.map(|expect| resilience::check(expect, &driven.scenarios, cx));
    if let (Some(expect), Some(down)) = (&expect, fault.down.entry()) {
        resilience::refuse_unseen(expect, &down.whole, cx);
    }
    let (at, lasting) = (fault.at.spanned()?, fault.lasting.spanned()?);
    refuse_late(at, lasting.value.0, driven.end(), cx);
    let (kind, span) = kind?;
    Some(Unnamed {
        at: at.value,
        at_span: at.span.clone(),
        lasting: lasting.value.0,
        link: link?,
        kind,
        expect: expect.unwrap_or_default(),
        name: fault.name.spanned().cloned(),
        span,
    })
}

fn latency(latency: &Latency, cx: &mut Context<'_>) -> Option<LinkFault> {
    let by = latency.latency.value()?.0;
    let jitter = latency.jitter.value().copied().unwrap_or_default();
    if let Some(given) = latency.jitter.spanned()
        && given.value > by
    {
        cx.found.add(
            Diagnostic::new(
                Code::OutOfRange,
                format!(
                    "a jitter of {} around {} would send answers before they are there",
                    shown(given.value),
                    shown(by)
                ),
            )
            .at(&given.span)
            .hint(format!("it is at most {}", shown(by))),
        );
        return None;
    }
    Some(LinkFault::Latency {
        latency: by,
        jitter,
    })
}

fn refuse_late(
    at: &Spanned<Duration>,
    lasting: Duration,
    end: Option<Duration>,
    cx: &mut Context<'_>,
) {
    let Some(end) = end else { return };
    if at.value + lasting > end {
        cx.found.add(
            Diagnostic::new(
                Code::OutOfRange,
                format!(
                    "the fault lasts until {}, and the load only until {}",
                    shown(at.value + lasting),
                    shown(end)
                ),
            )
            .at(&at.span)
            .hint("start it earlier, or let a scenario last longer"),
        );
    }
}

/// Two faults of one kind on one link at one time would undo each other's rollback.
fn refuse_overlaps(faults: &[Unnamed], cx: &mut Context<'_>) {
    for (index, later) in faults.iter().enumerate() {
        let earlier = faults[..index].iter().find(|earlier| {
            earlier.link == later.link
                && earlier.kind.word() == later.kind.word()
                && earlier.at + earlier.lasting > later.at
        });
        if let Some(earlier) = earlier {
            cx.found.add(
                Diagnostic::new(
                    Code::OutOfRange,
                    format!(
                        "`{}` on `{}` begins before the one before it is over",
                        later.kind.word(),
                        later.link
                    ),
                )
                .at(&later.at_span)
                .note(format!(
                    "the one at {} lasts from {} to {}",
                    earlier.at_span,
                    shown(earlier.at),
                    shown(earlier.at + earlier.lasting)
                )),
            );
        }
    }
}

/// Gives each fault its unique name: its own, or `kind link`, then `kind link #2` and so on.
fn named(faults: Vec<Unnamed>, cx: &mut Context<'_>) -> Vec<FaultPlan> {
    let mut taken: Vec<Spanned<String>> = Vec::new();
    for name in faults.iter().filter_map(|fault| fault.name.as_ref()) {
        unique_name(name, &mut taken, cx);
        if !is_selectable(&name.value) {
            cx.found.add(
                Diagnostic::new(
                    Code::OutOfRange,
                    format!("`{}` cannot be the name of a fault", name.value),
                )
                .at(&name.span)
                .hint(tags::SELECTABLE),
            );
        }
    }
    let mut taken: Vec<String> = taken.into_iter().map(|name| name.value).collect();
    faults
        .into_iter()
        .map(|fault| FaultPlan {
            name: match fault.name {
                Some(name) => name.value,
                None => free_name(format!("{} {}", fault.kind.word(), fault.link), &mut taken),
            },
            at: fault.at,
            lasting: fault.lasting,
            target: FaultTarget::Link {
                link: fault.link,
                fault: fault.kind,
            },
            expect: fault.expect,
            span: fault.span,
        })
        .collect()
}

/// Reports a name that was given before.
pub(super) fn unique_name(
    name: &Spanned<String>,
    taken: &mut Vec<Spanned<String>>,
    cx: &mut Context<'_>,
) {
    if let Some(first) = taken.iter().find(|first| first.value == name.value) {
        cx.found.add(
            Diagnostic::new(
                Code::Duplicate,
                format!("the name `{}` is used twice", name.value),
            )
            .at(&name.span)
            .note(format!("it is first at {}", first.span)),
        );
    } else {
        taken.push(name.clone());
    }
}

/// The name, or the name with the first number that makes it a new one.
pub(super) fn free_name(name: String, taken: &mut Vec<String>) -> String {
    let numbered = (2..).map(|number| format!("{name} #{number}"));
    let free = std::iter::once(name.clone())
        .chain(numbered)
        .find(|candidate| !taken.contains(candidate))
        .unwrap_or(name);
    taken.push(free.clone());
    free
}
