use rtest_core::plan::{ExecutorPlan, Shard};

/// One worker's part of something that is dealt out like cards: the slots of a schedule, the
/// virtual users of a scenario. Item `j` belongs to share `j mod of`; all shares together are the
/// whole, with nothing left over and nothing twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Share {
    index: u64,
    of: u64,
}

/// Virtual users that a worker has at least in an open model. They are free for the arrivals of
/// their own worker only: with few to each, arrivals would wait for one while others sit idle, and
/// what they waited would be the generator's doing.
const VUS_PER_WORKER: u64 = 16;

impl Share {
    /// Everything.
    pub(crate) const WHOLE: Self = Self::new(0, 1);

    /// The part `index` of `of` parts; `index < of`.
    pub(crate) const fn new(index: u64, of: u64) -> Self {
        debug_assert!(index < of);
        Self { index, of }
    }

    /// What worker `worker` of `workers` has of a scenario of which this process runs `shard`:
    /// item `j` belongs to shard `j mod N`, and within that to the workers in turn. Nothing where
    /// there are fewer virtual users than shards or workers: whoever has slots and nobody to take
    /// them would drop them all.
    pub(crate) fn of_worker(
        executor: &ExecutorPlan,
        shard: Shard,
        worker: u16,
        workers: u16,
    ) -> Option<Self> {
        let needed = Self::workers_for(executor, shard, u64::from(workers));
        Self::of_shard(executor, shard)?.split(u64::from(worker), needed)
    }

    /// How many of `workers` have something to do.
    pub(crate) fn workers_for(executor: &ExecutorPlan, shard: Shard, workers: u64) -> u64 {
        let least = if executor.is_open() {
            VUS_PER_WORKER
        } else {
            1
        };
        workers.min((Self::vus_of(executor, shard) / least).max(1))
    }

    /// How many virtual users a shard has at most.
    pub(crate) fn vus_of(executor: &ExecutorPlan, shard: Shard) -> u64 {
        let share = Self::of_shard(executor, shard);
        share.map_or(0, |share| share.count(u64::from(executor.most_vus())))
    }

    fn of_shard(executor: &ExecutorPlan, shard: Shard) -> Option<Self> {
        let of = shard.of.min(executor.most_vus());
        Self::new(0, 1).split(u64::from(shard.index), u64::from(of))
    }

    /// Deals this share out once more.
    fn split(self, index: u64, of: u64) -> Option<Self> {
        (index < of).then(|| Self::new(self.index + self.of * index, self.of * of))
    }

    /// The number, in the whole, of this share's `k`-th item.
    pub(crate) const fn nth(self, k: u64) -> u64 {
        k * self.of + self.index
    }

    /// How many of the whole's first `total` items are this share's.
    pub(crate) const fn count(self, total: u64) -> u64 {
        total.saturating_sub(self.index).div_ceil(self.of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_together_are_the_whole() {
        for total in 0..40 {
            for of in 1..9 {
                let mut dealt: Vec<u64> = (0..of)
                    .map(|index| Share::new(index, of))
                    .flat_map(|share| (0..share.count(total)).map(move |k| share.nth(k)))
                    .collect();
                dealt.sort_unstable();
                assert_eq!(dealt, (0..total).collect::<Vec<_>>(), "{total} in {of}");
            }
        }
    }

    #[test]
    fn a_slot_belongs_to_its_shard_and_in_that_to_the_workers_in_turn() {
        let executor = ExecutorPlan::ConstantVus {
            vus: 100,
            duration: std::time::Duration::ZERO,
        };
        // Shards may run on machines of different size.
        let mut dealt: Vec<u64> = [(0, 4), (1, 1), (2, 3)]
            .into_iter()
            .flat_map(|(index, workers)| {
                (0..workers).map(move |worker| (Shard { index, of: 3 }, worker, workers))
            })
            .flat_map(|(shard, worker, workers)| {
                let share = Share::of_worker(&executor, shard, worker, workers).expect("work");
                (0..share.count(100)).map(move |k| {
                    let slot = share.nth(k);
                    assert_eq!(slot % 3, u64::from(shard.index));
                    assert_eq!(slot / 3 % u64::from(workers), u64::from(worker));
                    slot
                })
            })
            .collect();
        dealt.sort_unstable();
        assert_eq!(dealt, (0..100).collect::<Vec<_>>());
    }
}
