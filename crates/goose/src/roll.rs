/// Which users are at work, and whether one may begin another iteration.
#[derive(Debug)]
pub(crate) struct Roll {
    /// Iterations begun by each user.
    begun: Vec<u64>,
    /// How many each may begin; without end where absent.
    each: Option<u64>,
    /// Iterations begun by all of them.
    iterations: u64,
    /// Users that have ended their last.
    finished: usize,
    at_work: usize,
    is_closed: bool,
}

impl Roll {
    /// Nobody has begun.
    pub(crate) fn new(users: usize, each: Option<u64>) -> Self {
        Self {
            begun: vec![0; users],
            each,
            iterations: 0,
            finished: 0,
            at_work: 0,
            is_closed: false,
        }
    }

    /// A user begins an iteration, if there is one more. Returns its number, from 0, and whether it
    /// is the user's first.
    pub(crate) fn begin(&mut self, user: usize) -> Option<(u64, bool)> {
        let begun = self.begun.get_mut(user)?;
        if self.is_closed || self.each.is_some_and(|each| *begun >= each) {
            return None;
        }
        *begun += 1;
        self.at_work += 1;
        self.iterations += 1;
        Some((self.iterations - 1, *begun == 1))
    }

    /// A user's iteration is over, one way or another.
    pub(crate) fn end(&mut self, user: usize) {
        self.at_work -= 1;
        if self.each.is_some_and(|each| self.begun[user] >= each) {
            self.finished += 1;
        }
    }

    /// No iteration begins any more.
    pub(crate) const fn close(&mut self) {
        self.is_closed = true;
    }

    /// Users within an iteration.
    pub(crate) const fn at_work(&self) -> usize {
        self.at_work
    }

    /// Whether every user has done all that it was to do.
    pub(crate) fn is_done(&self) -> bool {
        self.finished == self.begun.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_user_begins_its_own_iterations_and_no_more() {
        let mut roll = Roll::new(2, Some(2));
        assert_eq!(roll.begin(0), Some((0, true)));
        assert_eq!(roll.begin(1), Some((1, true)));
        assert_eq!(roll.at_work(), 2);
        roll.end(0);
        assert_eq!(roll.begin(0), Some((2, false)));
        roll.end(0);
        assert_eq!(roll.begin(0), None);
        assert!(!roll.is_done());
        roll.end(1);
        assert_eq!(roll.begin(1), Some((3, false)));
        roll.end(1);
        assert!(roll.is_done());
        assert_eq!(roll.begin(2), None, "nobody was told of a third");
    }

    #[test]
    fn nothing_begins_once_it_is_closed() {
        let mut roll = Roll::new(1, None);
        assert_eq!(roll.begin(0), Some((0, true)));
        roll.close();
        roll.end(0);
        assert_eq!(roll.begin(0), None);
        assert!(!roll.is_done(), "without an end nobody is done");
    }
}
