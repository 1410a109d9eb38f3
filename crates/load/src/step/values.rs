use crate::feeder::Data;

/// What fills the holes of one virtual user's steps.
///
/// Everything has its place by number, worked out before the run: nothing is looked up by name.
/// Where a scenario captures nothing and has no feeder, it is two numbers.
#[derive(Debug)]
pub(crate) struct Values {
    vu: u64,
    iteration: u64,
    /// The rows of the iteration.
    pub(crate) data: Data,
    /// Captures of the iteration.
    taken: Box<[Captured]>,
    /// What was captured before the first iteration, or is known from elsewhere; there as long as
    /// the iteration has captured nothing of its own under the name.
    kept: Box<[Captured]>,
}

/// A value that is captured.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Captured {
    /// Nothing was captured yet.
    #[default]
    Untaken,
    /// A capture found nothing.
    Missing,
    /// A capture found this.
    Found(Box<str>),
}

/// Where a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// The arrival's number in the scenario, from 0.
    Iteration,
    /// The virtual user's number in the scenario, from 1.
    Vu,
    /// A cell of a feeder's row.
    Column {
        /// Which of the scenario's feeders.
        feeder: usize,
        /// Which of its columns.
        column: usize,
    },
    /// A capture, by its slot.
    Slot(usize),
}

/// A value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    /// Text.
    Text(&'a str),
    /// A number.
    Number(u64),
}

/// Why there is no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Absence {
    /// Nothing was captured yet, or there is no row.
    Untaken,
    /// The capture found nothing.
    Missing,
}

impl Values {
    /// Of a virtual user that has captured nothing yet; `kept` has a place for each slot.
    pub(crate) fn new(vu: u64, kept: Box<[Captured]>) -> Self {
        Self {
            vu,
            iteration: 0,
            data: Data::default(),
            taken: vec![Captured::Untaken; kept.len()].into_boxed_slice(),
            kept,
        }
    }

    /// Begins an iteration; its data is for the caller to fill in. What the iteration before has
    /// captured is gone.
    pub(crate) fn begin(&mut self, iteration: u64) {
        self.iteration = iteration;
        self.taken.fill(Captured::Untaken);
    }

    /// Keeps what was captured until now for all iterations that follow.
    pub(crate) fn keep(&mut self) {
        for (kept, taken) in self.kept.iter_mut().zip(&mut self.taken) {
            if *taken != Captured::Untaken {
                *kept = std::mem::take(taken);
            }
        }
    }

    /// Takes note of what a capture found.
    pub(crate) fn capture(&mut self, slot: usize, found: Option<Box<str>>) {
        self.taken[slot] = found.map_or(Captured::Missing, Captured::Found);
    }

    /// What was captured in a slot, if anything.
    pub(crate) fn captured(&self, slot: usize) -> Option<&str> {
        match self.get(Place::Slot(slot)) {
            Ok(Value::Text(text)) => Some(text),
            Ok(Value::Number(_)) | Err(_) => None,
        }
    }

    /// The value at a place.
    ///
    /// # Errors
    /// There is none.
    pub(crate) fn get(&self, place: Place) -> Result<Value<'_>, Absence> {
        match place {
            Place::Iteration => Ok(Value::Number(self.iteration)),
            Place::Vu => Ok(Value::Number(self.vu)),
            Place::Column { feeder, column } => {
                let cell = self.data.get(feeder, column);
                cell.map(Value::Text).ok_or(Absence::Untaken)
            }
            Place::Slot(slot) => match (&self.taken[slot], &self.kept[slot]) {
                (Captured::Found(text), _) | (Captured::Untaken, Captured::Found(text)) => {
                    Ok(Value::Text(text))
                }
                (Captured::Missing, _) | (Captured::Untaken, Captured::Missing) => {
                    Err(Absence::Missing)
                }
                (Captured::Untaken, Captured::Untaken) => Err(Absence::Untaken),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_iteration_sees_its_own_captures_first_and_begins_with_none() {
        let mut values = Values::new(1, vec![Captured::Untaken; 2].into());
        values.capture(0, Some("login".into()));
        values.keep();
        values.begin(3);
        assert_eq!(values.captured(0), Some("login"));
        values.capture(0, Some("renewed".into()));
        values.capture(1, Some("order".into()));
        assert_eq!(values.captured(0), Some("renewed"));
        values.capture(1, None);
        assert_eq!(
            values.get(Place::Slot(1)),
            Err(Absence::Missing),
            "nothing stale"
        );
        values.begin(4);
        assert_eq!(values.captured(0), Some("login"));
        assert_eq!(values.get(Place::Slot(1)), Err(Absence::Untaken));
        assert_eq!(values.get(Place::Iteration), Ok(Value::Number(4)));
    }
}
