use std::collections::VecDeque;
use std::rc::Rc;

use rtest_core::RunTime;
use tokio_util::sync::CancellationToken;

use crate::seat::Seat;

/// One worker's virtual users of a scenario: who is wanted, who is free, who has to go.
///
/// Seats are numbered, and those with the lowest numbers are wanted. A seat is empty until its
/// virtual user is first needed, and again when that has left.
#[derive(Debug)]
pub(crate) struct Crew {
    seats: Vec<Option<Rc<Seat>>>,
    /// How many seats are wanted.
    wanted: usize,
    /// Iterations of each virtual user, at most.
    iterations_per_vu: u64,
    /// Wanted seats that are empty or whose virtual users are idle. The last to sit down is the
    /// first to be given an iteration, and empty seats come after all others: so no more
    /// connections are kept warm than are needed.
    free: Vec<usize>,
    /// Who is no longer wanted and still at work, by when it is cut off. Who is wanted again stays
    /// here, without an effect.
    leaving: VecDeque<(RunTime, Rc<Seat>)>,
}

/// Who does an iteration.
#[derive(Debug)]
pub(crate) enum Called {
    /// A virtual user that waits for one.
    Idle(Rc<Seat>),
    /// A virtual user that is to be made; whether it is the first on its seat.
    New {
        /// Where it sits.
        seat: Rc<Seat>,
        /// Whether nobody sat there before.
        first: bool,
    },
}

impl Crew {
    /// Nobody is there, and nobody is wanted.
    pub(crate) const fn new(iterations_per_vu: u64) -> Self {
        Self {
            seats: Vec::new(),
            wanted: 0,
            iterations_per_vu,
            free: Vec::new(),
            leaving: VecDeque::new(),
        }
    }

    /// Wants so many from now on. Of those who are too many, the idle leave at once, and the
    /// others may end their iterations until `cut_at`.
    pub(crate) fn want(&mut self, wanted: usize, cut_at: RunTime) {
        if wanted == self.wanted {
            return;
        }
        for seat in self.seats.iter().take(wanted).skip(self.wanted).flatten() {
            seat.leaves_by.set(None);
        }
        // Below all others, so that empty seats are taken in the order of their numbers.
        let empty = |number: &usize| self.seats.get(*number).is_none_or(Option::is_none);
        let added: Vec<usize> = (self.wanted..wanted).rev().filter(empty).collect();
        self.free.splice(0..0, added);

        self.free.retain(|number| *number < wanted);
        for seat in self.seats.iter().take(self.wanted).skip(wanted).flatten() {
            if seat.idle.get() {
                seat.dismiss();
            } else {
                seat.leaves_by.set(Some(cut_at));
                self.leaving.push_back((cut_at, Rc::clone(seat)));
            }
        }
        self.wanted = wanted;
    }

    /// Whether there is anyone who could begin an iteration, or could be made to.
    pub(crate) fn has_free(&self) -> bool {
        !self.free.is_empty()
    }

    /// Whether this one is to do another iteration.
    pub(crate) fn wants(&self, seat: &Seat) -> bool {
        seat.number < self.wanted && seat.begun.get() < self.iterations_per_vu
    }

    /// Calls someone who is free, to be cut off by a child of `interrupt` when new.
    pub(crate) fn call(&mut self, interrupt: &CancellationToken) -> Option<Called> {
        let number = self.free.pop()?;
        if let Some(Some(seat)) = self.seats.get(number) {
            return Some(Called::Idle(Rc::clone(seat)));
        }
        let first = number >= self.seats.len();
        if first {
            self.seats.resize(number + 1, None);
        }
        let seat = Rc::new(Seat::new(number, interrupt.child_token()));
        self.seats[number] = Some(Rc::clone(&seat));
        Some(Called::New { seat, first })
    }

    /// A virtual user waits for its next iteration.
    pub(crate) fn sat_down(&mut self, seat: &Seat) {
        seat.idle.set(true);
        self.free.push(seat.number);
    }

    /// A virtual user has gone; where it is wanted again, another one may take its seat.
    pub(crate) fn left(&mut self, seat: &Seat) {
        self.seats[seat.number] = None;
        if self.wants(seat) {
            self.free.push(seat.number);
        }
    }

    /// When the next one is cut off, at the earliest.
    pub(crate) fn next_cut(&self) -> Option<RunTime> {
        self.leaving.front().map(|(cut_at, _)| *cut_at)
    }

    /// Cuts off those who should have left by now.
    pub(crate) fn cut_overdue(&mut self, now: RunTime) {
        while let Some((cut_at, seat)) = self.leaving.pop_front_if(|(cut_at, _)| *cut_at <= now) {
            if seat.leaves_by.get() == Some(cut_at) {
                seat.interrupt.cancel();
            }
        }
    }

    /// Sends home whoever waits for an iteration.
    pub(crate) fn dismiss_idle(&self) {
        for seat in self.seats.iter().flatten() {
            if seat.idle.get() {
                seat.dismiss();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LATER: RunTime = RunTime::from_nanos(1);

    fn call(crew: &mut Crew) -> Option<(usize, bool)> {
        let called = crew.call(&CancellationToken::new())?;
        Some(match called {
            Called::Idle(seat) => (seat.number, false),
            Called::New { seat, first } => (seat.number, first),
        })
    }

    #[test]
    fn seats_are_taken_in_the_order_of_their_numbers() {
        let mut crew = Crew::new(u64::MAX);
        crew.want(2, LATER);
        crew.want(5, LATER);
        crew.want(4, LATER);
        crew.want(6, LATER);
        let called: Vec<_> = std::iter::from_fn(|| call(&mut crew)).collect();
        assert_eq!(called, [0, 1, 2, 3, 4, 5].map(|number| (number, true)));
    }

    #[test]
    fn the_last_to_sit_down_is_the_first_to_be_called() {
        let mut crew = Crew::new(u64::MAX);
        crew.want(9, LATER);
        for _ in 0..3 {
            call(&mut crew);
        }
        let seats = crew.seats.clone();
        for number in [0, 2, 1] {
            crew.sat_down(seats[number].as_ref().expect("taken"));
        }
        let called: Vec<_> = (0..4).filter_map(|_| call(&mut crew)).collect();
        assert_eq!(called, [(1, false), (2, false), (0, false), (3, true)]);
    }

    #[test]
    fn a_seat_that_is_wanted_again_while_its_virtual_user_leaves_is_taken_by_another() {
        let mut crew = Crew::new(u64::MAX);
        crew.want(1, LATER);
        call(&mut crew);
        let seat = crew.seats[0].clone().expect("taken");
        crew.sat_down(&seat);
        crew.want(0, LATER);
        assert!(!crew.wants(&seat) && !crew.has_free());
        crew.want(1, LATER);
        assert!(!crew.has_free(), "it was sent home, and sits there still");
        crew.left(&seat);
        assert_eq!(call(&mut crew), Some((0, false)), "not the first there");
    }

    #[test]
    fn who_has_done_its_iterations_is_not_followed_by_another() {
        let mut crew = Crew::new(1);
        crew.want(1, LATER);
        call(&mut crew);
        let seat = crew.seats[0].clone().expect("taken");
        seat.begins();
        assert!(!crew.wants(&seat));
        crew.left(&seat);
        assert!(!crew.has_free());
    }
}
