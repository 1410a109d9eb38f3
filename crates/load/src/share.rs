/// One worker's part of something that is dealt out like cards: the slots of a schedule, the
/// virtual users of a scenario. Item `j` belongs to share `j mod of`; all shares together are the
/// whole, with nothing left over and nothing twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Share {
    index: u64,
    of: u64,
}

impl Share {
    /// The part `index` of `of` parts; `index < of`.
    pub(crate) const fn new(index: u64, of: u64) -> Self {
        debug_assert!(index < of);
        Self { index, of }
    }

    /// The number, in the whole, of this share's `k`-th item.
    pub(crate) const fn nth(self, k: u64) -> u64 {
        k * self.of + self.index
    }

    /// How many of the whole's first `total` items are this share's.
    pub(crate) const fn count(self, total: u64) -> u64 {
        (total + self.of - 1 - self.index) / self.of
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
}
