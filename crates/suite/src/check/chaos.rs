//! Checks the timeline, and makes of each fault what a plan has: one entry for each time that
//! something is broken.

mod http_fault;
mod recorded;
mod schedule;
mod target;

use std::time::Duration;

use rtest_core::plan::{FaultPlan, FaultTarget, LinkFault, RampStep, ResiliencePlan};
use rtest_core::{Code, Diagnostic, Span};

use crate::check::Context;
use crate::check::gauge::Gauges;
use crate::check::load::Driven;
use crate::check::resilience;
use crate::check::tags::{self, is_selectable};
use crate::file::{Chaos, Fault};
use crate::scalar::shown;
use crate::spanned::Spanned;
pub(super) use http_fault::percentiles;
use schedule::Times;
pub(super) use target::{jitter_fits, limit};

/// Checks the timeline; by start, as a plan has it. It runs beside this load. What its expectations
/// are read from comes to the gauges.
pub(super) fn timeline(
    chaos: &Chaos,
    driven: &Driven,
    gauges: &mut Gauges,
    cx: &mut Context<'_>,
) -> Vec<FaultPlan> {
    let faults = chaos.timeline.value().map(|list| list.items.as_slice());
    let faults = faults.unwrap_or_default();
    let times = schedule::times(faults, driven.end(), cx);
    let mut read: Vec<Unnamed> = faults
        .iter()
        .zip(times)
        .filter_map(|(fault, times)| self::fault(&fault.value, times, driven, gauges, cx))
        .collect();
    read.sort_by_key(|fault| fault.times.starts.first().copied());
    refuse_overlaps(&read, cx);
    let mut plans = named(read, cx);
    plans.sort_by_key(|fault| fault.at);
    plans
}

/// A fault without its final name, and the places of what its rules are about.
struct Unnamed {
    times: Times,
    /// Where its beginning is given.
    begin: Span,
    after: Option<String>,
    target: FaultTarget,
    ramp: Vec<RampStep>,
    expect: Vec<ResiliencePlan>,
    name: Option<Spanned<String>>,
    span: Span,
}

impl Unnamed {
    fn word(&self) -> &'static str {
        match &self.target {
            FaultTarget::Link { fault, .. } => fault.word(),
            FaultTarget::Services { fault, .. } => fault.word(),
        }
    }
}

/// So many services are named in the name of a fault; more are counted.
const SHOWN_SERVICES: usize = 3;

fn fault(
    fault: &Fault,
    times: Option<Times>,
    driven: &Driven,
    gauges: &mut Gauges,
    cx: &mut Context<'_>,
) -> Option<Unnamed> {
    let expect = fault.expect.spanned();
    let expect = expect.map(|expect| resilience::check(expect, driven, gauges, cx));
    if let (Some(expect), Some(down)) = (&expect, fault.down.entry()) {
        resilience::refuse_unseen(expect, &down.whole, cx);
    }
    let lasting = times.as_ref().map(|times| times.lasting);
    let target = target::target(fault, lasting.unwrap_or_default(), cx);
    let (target, ramp) = target?;
    let begin = fault.at.spanned().map(|at| &at.span);
    let begin = begin.or(fault.after.spanned().map(|after| &after.span));
    let begin = begin?.clone();
    Some(Unnamed {
        times: times?,
        after: fault.after.value().cloned(),
        target,
        ramp,
        expect: expect.unwrap_or_default(),
        name: fault.name.spanned().cloned(),
        // A fault is never lost for want of a place to show.
        span: fault.kind().unwrap_or_else(|| begin.clone()),
        begin,
    })
}

/// Two faults that would undo each other's rollback: those of one kind on one link, but for those of
/// requests, and any two on one service.
fn refuse_overlaps(faults: &[Unnamed], cx: &mut Context<'_>) {
    for (index, later) in faults.iter().enumerate() {
        let overlap = faults[..index].iter().find_map(|earlier| {
            let shared = shared(earlier, later)?;
            let (start, other) = overlap(&earlier.times, &later.times)?;
            Some((earlier, shared, start, other))
        });
        if let Some((earlier, shared, start, other)) = overlap {
            let times = if later.times.starts.len() + earlier.times.starts.len() > 2 {
                format!(" (at {} and {})", shown(other), shown(start))
            } else {
                String::new()
            };
            cx.found.add(
                Diagnostic::new(
                    Code::OutOfRange,
                    format!(
                        "`{}` on `{shared}` begins before the one before it is over{times}",
                        later.word(),
                    ),
                )
                .at(&later.begin)
                .note(format!(
                    "the one at {} lasts from {} to {}",
                    earlier.begin,
                    shown(other),
                    shown(other + earlier.times.lasting)
                )),
            );
        }
    }
}

/// What both break, where they may not do so at one time.
fn shared(one: &Unnamed, other: &Unnamed) -> Option<String> {
    match (&one.target, &other.target) {
        (FaultTarget::Link { link, fault }, FaultTarget::Link { link: same, .. }) => {
            // Each of these is removed by its own name, and they are about other requests.
            let may_meet = matches!(fault, LinkFault::Http(_));
            (link == same && one.word() == other.word() && !may_meet).then(|| link.clone())
        }
        (
            FaultTarget::Services { services, .. },
            FaultTarget::Services {
                services: others, ..
            },
        ) => {
            let mut both = services.among.iter();
            both.find(|name| others.among.contains(name)).cloned()
        }
        _ => None,
    }
}

/// The first start of the later fault while the earlier one lasts, or the other way round, and the
/// start of that one.
fn overlap(earlier: &Times, later: &Times) -> Option<(Duration, Duration)> {
    let meet = |one: &Times, other: &Times| {
        other.starts.iter().find_map(|start| {
            let lasts = |begun: &&Duration| **begun <= *start && **begun + one.lasting > *start;
            Some((*start, *one.starts.iter().find(lasts)?))
        })
    };
    meet(earlier, later).or_else(|| meet(later, earlier).map(|(start, other)| (other, start)))
}

/// Gives each fault its unique name: its own, or `kind link`, then `kind link #2` and so on; and
/// each further time of one that comes again a number: `kind link (2)`.
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
    let mut plans = Vec::new();
    for fault in faults {
        let series = match &fault.name {
            Some(name) => name.value.clone(),
            None => free_name(default_name(&fault), &mut taken),
        };
        let comes_again = fault.times.starts.len() > 1;
        for (time, at) in (1_u32..).zip(&fault.times.starts) {
            let name = if comes_again {
                free_name(format!("{series} ({time})"), &mut taken)
            } else {
                series.clone()
            };
            plans.push(FaultPlan {
                name,
                series: series.clone(),
                at: *at,
                lasting: fault.times.lasting,
                after: fault.after.clone(),
                target: fault.target.clone(),
                ramp: fault.ramp.clone(),
                expect: fault.expect.clone(),
                span: fault.span.clone(),
            });
        }
    }
    plans
}

/// `latency storefront -> catalog`, `kill catalog`, `kill one of 5 services`: something that a
/// threshold can name.
fn default_name(fault: &Unnamed) -> String {
    let on = match &fault.target {
        FaultTarget::Services { services, .. } if services.among.len() > SHOWN_SERVICES => {
            format!("{} services", services.among.len())
        }
        target => target.to_string().replace(", ", " and "),
    };
    format!("{} {on}", fault.word())
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
