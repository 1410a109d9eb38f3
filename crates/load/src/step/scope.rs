use std::collections::BTreeMap;
use std::fmt;

use rtest_core::Span;
use rtest_core::plan::{FeederPlan, Step, StepKind};

use crate::feeder::Data;

use super::values::{Absence, Captured, Place, Value, Values};

/// The names that holes may have, and what stands behind each.
///
/// A name means the capture of that name; else a feeder's column; else a variable of the run,
/// which is the same in every iteration; else the iteration's or the virtual user's number.
#[derive(Debug)]
pub(crate) struct Scope<'a> {
    variables: &'a BTreeMap<String, String>,
    feeders: &'a [FeederPlan],
    slots: Vec<Slot>,
}

/// A name that captures fill.
#[derive(Clone, Debug)]
struct Slot {
    name: String,
    captured_at: Vec<Span>,
}

/// What a name means.
#[derive(Debug)]
pub(crate) enum Meaning<'a> {
    /// This text, always.
    Fixed(&'a str),
    /// Something that becomes known while the run goes.
    Hole(Hole),
}

/// A hole that is filled while the run goes.
#[derive(Clone, Debug)]
pub(crate) struct Hole {
    name: String,
    place: Place,
    captured_at: Vec<Span>,
}

/// A hole for which there is no value this time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Empty<'a> {
    hole: &'a Hole,
    absence: Absence,
}

impl<'a> Scope<'a> {
    /// Nothing is captured yet.
    pub(crate) const fn new(
        variables: &'a BTreeMap<String, String>,
        feeders: &'a [FeederPlan],
    ) -> Self {
        Self {
            variables,
            feeders,
            slots: Vec::new(),
        }
    }

    /// Adds what the steps capture.
    pub(crate) fn declare(&mut self, steps: &[Step]) {
        for step in steps {
            if let StepKind::Request(request) = &step.kind {
                for capture in &request.captures {
                    let place = self.slot(&capture.name);
                    let place = place.unwrap_or_else(|| {
                        self.slots.push(Slot {
                            name: capture.name.clone(),
                            captured_at: Vec::new(),
                        });
                        self.slots.len() - 1
                    });
                    self.slots[place].captured_at.push(capture.span.clone());
                }
            }
            for steps in step.kind.children() {
                self.declare(steps);
            }
        }
    }

    /// The slot of a captured name.
    pub(crate) fn slot(&self, name: &str) -> Option<usize> {
        self.slots.iter().position(|slot| slot.name == name)
    }

    /// The captured names, in the order of their slots.
    pub(crate) fn captured_names(&self) -> impl Iterator<Item = &str> {
        self.slots.iter().map(|slot| slot.name.as_str())
    }

    /// What a name means; nothing where it means nothing.
    pub(crate) fn meaning(&self, name: &str) -> Option<Meaning<'a>> {
        let hole = |place, captured_at| {
            Some(Meaning::Hole(Hole {
                name: name.to_owned(),
                place,
                captured_at,
            }))
        };
        if let Some(slot) = self.slot(name) {
            return hole(Place::Slot(slot), self.slots[slot].captured_at.clone());
        }
        for (feeder, plan) in self.feeders.iter().enumerate() {
            let column = plan.columns.iter().position(|column| column == name);
            if let Some(column) = column {
                return hole(Place::Column { feeder, column }, Vec::new());
            }
        }
        if let Some(value) = self.variables.get(name) {
            return Some(Meaning::Fixed(value));
        }
        match name {
            "iteration" => hole(Place::Iteration, Vec::new()),
            "vu" => hole(Place::Vu, Vec::new()),
            _ => None,
        }
    }

    /// What is known of each slot before anything is captured: the variable of its name.
    pub(crate) fn known(&self) -> Box<[Captured]> {
        let known = self.slots.iter().map(|slot| {
            let variable = self.variables.get(&slot.name);
            let known = variable.map(|value| Captured::Found(value.as_str().into()));
            known.unwrap_or_default()
        });
        known.collect()
    }

    /// The values of virtual user number `vu`, which has captured nothing yet.
    pub(crate) fn values(&self, vu: u64) -> Values {
        Values::new(vu, self.known())
    }

    /// Values as a first iteration could have them, by which requests are tried out.
    pub(crate) fn sample(&self) -> Values {
        let cell = || Box::<str>::from("0");
        let captured = vec![Captured::Found(cell()); self.slots.len()];
        let mut values = Values::new(1, captured.into_boxed_slice());
        values.data = Data::sample(self.feeders, "0");
        values
    }
}

impl Hole {
    /// What fills it.
    ///
    /// # Errors
    /// Nothing does.
    pub(crate) fn value<'a>(&'a self, values: &'a Values) -> Result<Value<'a>, Empty<'a>> {
        let value = values.get(self.place);
        value.map_err(|absence| Empty {
            hole: self,
            absence,
        })
    }
}

/// In plain words, what has no value, and why.
impl fmt::Display for Empty<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Hole {
            name, captured_at, ..
        } = self.hole;
        write!(f, "`{{{{ {name} }}}}` has no value: ")?;
        let (capture, rest) = match captured_at.as_slice() {
            [] => return f.write_str("its feeder has no row for this iteration"),
            [first, rest @ ..] => (first, rest),
        };
        write!(f, "the capture at {capture}")?;
        for other in rest {
            write!(f, " or {other}")?;
        }
        f.write_str(match self.absence {
            Absence::Missing => " found nothing",
            Absence::Untaken => " was not reached",
        })
    }
}
