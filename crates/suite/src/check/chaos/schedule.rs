//! When faults begin, how often, and after what.

use std::time::Duration;

use rtest_core::{Code, Diagnostic, Span};

use crate::check::Context;
use crate::file::Fault;
use crate::scalar::shown;
use crate::shape::suggestion;
use crate::spanned::Spanned;

/// Occurrences of all faults together; far more than a run can hold apart.
const MOST: usize = 1000;

/// When a fault begins each time, and how long it lasts.
#[derive(Clone, Debug, Default)]
pub(super) struct Times {
    pub(super) starts: Vec<Duration>,
    pub(super) lasting: Duration,
}

impl Times {
    fn end(&self) -> Duration {
        self.starts.last().copied().unwrap_or_default() + self.lasting
    }
}

/// How a fault's beginning is given.
enum Begin<'a> {
    At(&'a Spanned<Duration>),
    After {
        name: &'a Spanned<String>,
        wait: Duration,
    },
}

/// The times of each fault, in the suite's order; `None` where they cannot be told. `end` is the
/// load's.
pub(super) fn times(
    faults: &[Spanned<Fault>],
    end: Option<Duration>,
    cx: &mut Context<'_>,
) -> Vec<Option<Times>> {
    let begins: Vec<Option<Begin<'_>>> = faults.iter().map(|fault| begin(fault, cx)).collect();
    let mut times: Vec<Option<Times>> = vec![None; faults.len()];
    let named = |name: &str| {
        let mut all = faults.iter();
        all.position(|fault| fault.value.name.value().is_some_and(|it| it == name))
    };
    // Each round settles those whose predecessor is settled; what is left waits for itself.
    let mut open: Vec<usize> = (0..faults.len()).collect();
    loop {
        let before = open.len();
        open.retain(|index| {
            let (fault, begin) = (&faults[*index].value, &begins[*index]);
            let (at, span) = match begin {
                None => return false,
                Some(Begin::At(at)) => (at.value, &at.span),
                Some(Begin::After { name, wait }) => match named(&name.value) {
                    None => {
                        unknown(name, faults, cx);
                        return false;
                    }
                    Some(earlier) => match &times[earlier] {
                        None => return true,
                        Some(earlier) => (earlier.end() + *wait, &name.span),
                    },
                },
            };
            times[*index] = occurrences(fault, at, span, end, cx);
            false
        });
        if open.len() == before || open.is_empty() {
            break;
        }
    }
    for index in open {
        // Where its predecessor could not be read, that has been reported.
        if let Some(Begin::After { name, .. }) = &begins[index]
            && comes_after_itself(index, &begins, &named)
        {
            cx.found.add(
                Diagnostic::new(Code::Cycle, "the fault comes after itself")
                    .at(&name.span)
                    .hint("let one of them begin `at` a time"),
            );
        }
    }
    if times
        .iter()
        .flatten()
        .map(|times| times.starts.len())
        .sum::<usize>()
        > MOST
        && let Some(first) = faults.first()
    {
        cx.found.add(
            Diagnostic::new(
                Code::OutOfRange,
                format!("the timeline breaks something more than {MOST} times"),
            )
            .at(&first.span),
        );
        return vec![None; faults.len()];
    }
    times
}

fn begin<'a>(fault: &'a Spanned<Fault>, cx: &mut Context<'_>) -> Option<Begin<'a>> {
    let keys = &fault.value;
    if let (Some(wait), true) = (keys.wait.key(), keys.after.is_absent()) {
        cx.found.add(
            Diagnostic::new(Code::MissingKey, "`wait` needs the `after` that it follows").at(wait),
        );
    }
    match (keys.at.key(), keys.after.key()) {
        (None, None) => {
            cx.found.add(
                Diagnostic::new(
                    Code::NotExactlyOne,
                    "a fault needs exactly one of `at`, `after`",
                )
                .at(&fault.span)
                .label("when does it begin?"),
            );
            None
        }
        (Some(_), Some(after)) => {
            cx.found.add(
                Diagnostic::new(Code::NotExactlyOne, "a fault has both `at` and `after`")
                    .at(after)
                    .hint("keep exactly one of `at`, `after`"),
            );
            None
        }
        (Some(_), None) => keys.at.spanned().map(Begin::At),
        (None, Some(_)) => Some(Begin::After {
            name: keys.after.spanned()?,
            wait: keys.wait.value().copied().unwrap_or_default(),
        }),
    }
}

fn unknown(name: &Spanned<String>, faults: &[Spanned<Fault>], cx: &mut Context<'_>) {
    let names: Vec<&str> = faults
        .iter()
        .filter_map(|fault| fault.value.name.value().map(String::as_str))
        .collect();
    let hint = suggestion(&name.value, names.iter().copied(), "names are");
    cx.found.add(
        Diagnostic::new(
            Code::UnknownFault,
            format!("there is no fault named `{}`", name.value),
        )
        .at(&name.span)
        .hint(hint.unwrap_or_else(|| "give the one that is meant a `name`".to_owned())),
    );
}

fn comes_after_itself(
    index: usize,
    begins: &[Option<Begin<'_>>],
    named: &impl Fn(&str) -> Option<usize>,
) -> bool {
    let mut at = index;
    for _ in 0..begins.len() {
        let Some(Begin::After { name, .. }) = &begins[at] else {
            return false;
        };
        match named(&name.value) {
            Some(earlier) if earlier == index => return true,
            Some(earlier) => at = earlier,
            None => return false,
        }
    }
    false
}

fn occurrences(
    fault: &Fault,
    at: Duration,
    span: &Span,
    end: Option<Duration>,
    cx: &mut Context<'_>,
) -> Option<Times> {
    let lasting = if fault.lasting.is_absent() {
        // Where it is needed, that has been reported.
        fault.restart.entry()?;
        Duration::ZERO
    } else {
        fault.lasting.value()?.0
    };
    let mut times = Times {
        starts: vec![at],
        lasting,
    };
    if let (Some(key), true) = (fault.times.key(), fault.every.is_absent()) {
        cx.found.add(
            Diagnostic::new(Code::MissingKey, "`times` needs `every`")
                .at(key)
                .hint("say how far apart they begin: `every: 10s`"),
        );
    }
    if let Some(every) = fault.every.spanned() {
        let apart = every.value.0;
        if apart < lasting {
            cx.found.add(
                Diagnostic::new(
                    Code::OutOfRange,
                    format!(
                        "it would begin anew every {}, and lasts {}",
                        shown(apart),
                        shown(lasting)
                    ),
                )
                .at(&every.span)
                .hint("let it last shorter, or begin less often"),
            );
            return None;
        }
        let most = match (fault.times.is_absent(), fault.times.value(), end) {
            (false, times, _) => usize::try_from(times?.0).unwrap_or(MOST),
            (true, _, Some(_)) => MOST + 1,
            (true, _, None) => {
                cx.found.add(
                    Diagnostic::new(
                        Code::MissingKey,
                        "nothing says when the load ends, so `every` needs `times`",
                    )
                    .at(&every.span),
                );
                return None;
            }
        };
        // Without `times` it is broken as often as it can be mended before the load ends.
        let until = end.filter(|_| fault.times.is_absent());
        let fits = |start: &Duration| until.is_none_or(|end| *start + lasting <= end);
        times.starts = std::iter::successors(Some(at), |start| start.checked_add(apart))
            .take(most)
            .take_while(|start| *start == at || fits(start))
            .collect();
    }
    refuse_late(&times, span, end, cx);
    Some(times)
}

fn refuse_late(times: &Times, span: &Span, end: Option<Duration>, cx: &mut Context<'_>) {
    let Some(end) = end else { return };
    if times.end() > end {
        cx.found.add(
            Diagnostic::new(
                Code::OutOfRange,
                format!(
                    "the fault lasts until {}, and the load only until {}",
                    shown(times.end()),
                    shown(end)
                ),
            )
            .at(span)
            .hint("start it earlier, or let a scenario last longer"),
        );
    }
}
