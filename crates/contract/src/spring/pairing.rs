use std::collections::VecDeque;

/// Finds each item a candidate of its own among those that fit it, for as many items as possible:
/// a maximum bipartite matching, by augmenting paths.
pub(super) struct Pairing {
    /// The candidates that fit each item, the one it would rather have first.
    fits: Vec<Vec<usize>>,
    /// The candidate of each item.
    pairs: Vec<Option<usize>>,
    /// The item of each candidate.
    owners: Vec<Option<usize>>,
}

impl Pairing {
    pub(super) fn new(items: usize, candidates: usize) -> Self {
        Self {
            fits: vec![Vec::new(); items],
            pairs: vec![None; items],
            owners: vec![None; candidates],
        }
    }

    /// A candidate fits an item.
    pub(super) fn fits(&mut self, item: usize, candidate: usize) {
        self.fits[item].push(candidate);
    }

    /// The candidate of each item. `step` is asked before each look at a pair.
    ///
    /// # Errors
    /// Those of `step`: it has been too many.
    pub(super) fn solve<E>(
        mut self,
        mut step: impl FnMut() -> Result<(), E>,
    ) -> Result<Vec<Option<usize>>, E> {
        for item in 0..self.fits.len() {
            self.augment(item, &mut step)?;
        }
        Ok(self.pairs)
    }

    /// Finds the item a candidate, where others may have to take another one for it. Breadth
    /// first: a chain of others may be as long as the list.
    fn augment<E>(
        &mut self,
        item: usize,
        step: &mut impl FnMut() -> Result<(), E>,
    ) -> Result<(), E> {
        let mut seekers = vec![None; self.owners.len()];
        let mut queue = VecDeque::from([item]);
        while let Some(seeker) = queue.pop_front() {
            for candidate in &self.fits[seeker] {
                step()?;
                if seekers[*candidate].is_some() {
                    continue;
                }
                seekers[*candidate] = Some(seeker);
                match self.owners[*candidate] {
                    Some(owner) => queue.push_back(owner),
                    None => {
                        self.take(*candidate, &seekers);
                        return Ok(());
                    }
                }
            }
        }
        Ok(())
    }

    /// Who found the free candidate takes it, who found what that one had takes that, and so on.
    fn take(&mut self, free: usize, seekers: &[Option<usize>]) {
        let mut next = Some(free);
        while let Some(candidate) = next
            && let Some(seeker) = seekers[candidate]
        {
            next = self.pairs[seeker].replace(candidate);
            self.owners[candidate] = Some(seeker);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn solve(fits: &[Vec<usize>], candidates: usize) -> Vec<Option<usize>> {
        let mut pairing = Pairing::new(fits.len(), candidates);
        for (item, fits) in fits.iter().enumerate() {
            fits.iter()
                .for_each(|candidate| pairing.fits(item, *candidate));
        }
        pairing.solve(|| Ok::<_, ()>(())).expect("no limit")
    }

    /// The most pairs there can be, by trying everything.
    fn most(fits: &[Vec<usize>], taken: &mut Vec<usize>) -> usize {
        let Some((first, rest)) = fits.split_first() else {
            return 0;
        };
        let mut best = most(rest, taken);
        for candidate in first {
            if !taken.contains(candidate) {
                taken.push(*candidate);
                best = best.max(1 + most(rest, taken));
                taken.pop();
            }
        }
        best
    }

    proptest::proptest! {
        #[test]
        fn as_many_are_paired_as_can_be_and_each_with_what_fits(
            fits in proptest::collection::vec(proptest::collection::btree_set(0_usize..5, 0..5), 0..6)
        ) {
            let fits: Vec<Vec<usize>> = fits.into_iter().map(|it| it.into_iter().collect()).collect();
            let pairs = solve(&fits, 5);
            let mut used: Vec<usize> = pairs.iter().flatten().copied().collect();
            for (item, pair) in pairs.iter().enumerate() {
                proptest::prop_assert!(pair.is_none_or(|pair| fits[item].contains(&pair)));
            }
            proptest::prop_assert_eq!(used.len(), most(&fits, &mut Vec::new()));
            used.sort_unstable();
            used.dedup();
            proptest::prop_assert_eq!(used.len(), pairs.iter().flatten().count());
        }
    }
}
