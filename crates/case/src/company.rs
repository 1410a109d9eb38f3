use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The cases that run, each with those that have run beside it: what services print meanwhile is
/// of all of them.
#[derive(Debug, Default)]
pub(crate) struct Company(Mutex<BTreeMap<u32, BTreeSet<u32>>>);

impl Company {
    /// A case begins.
    pub(crate) fn enter(&self, case: u32) {
        let mut running = self.lock();
        let others = running.keys().copied().collect();
        for beside in running.values_mut() {
            beside.insert(case);
        }
        running.insert(case, others);
    }

    /// A case ends; the places of those that ran beside it, if only for a while.
    pub(crate) fn leave(&self, case: u32) -> BTreeSet<u32> {
        self.lock().remove(&case).unwrap_or_default()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<u32, BTreeSet<u32>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_ran_at_the_same_time_is_told_also_where_he_has_gone() {
        let company = Company::default();
        company.enter(0);
        company.enter(1);
        assert_eq!(company.leave(1), BTreeSet::from([0]));
        company.enter(2);
        assert_eq!(company.leave(2), BTreeSet::from([0]), "1 had gone before");
        assert_eq!(company.leave(0), BTreeSet::from([1, 2]));
        company.enter(3);
        assert!(company.leave(3).is_empty());
    }
}
