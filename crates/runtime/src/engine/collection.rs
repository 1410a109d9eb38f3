//! When the engine looks for cycles. QuickJS frees what nothing refers to at once; only for what refers
//! to itself does it walk the whole heap, and by itself again whenever the heap has grown by half. Where a
//! million objects live and none of them is a cycle, that walk is most of what a program costs.

use std::cell::Cell;

use rquickjs::{Ctx, qjs};

/// How much may be allocated, at least, before cycles are looked for again: short programs end
/// without any look.
const LEAST_BYTES: usize = 8 << 20;

/// How much may be allocated, for each byte that lives. The walks over a heap that grows, all
/// together, then cost about a third of the walk over what it grows to.
const GROWTH: usize = 3;

/// Up to how much of its memory a program with `live` bytes comes to before cycles are looked for,
/// of the `limit` that it may use: the closer to the limit, the sooner.
pub(super) fn next(live: usize, limit: usize) -> usize {
    let left = limit.saturating_sub(live);
    let growth = live.saturating_mul(GROWTH).max(LEAST_BYTES);
    live + growth.min((left / 2).max(limit / 16))
}

/// A QuickJS runtime, as its C interface knows it.
#[derive(Clone, Copy)]
pub(super) struct Heap(*mut qjs::JSRuntime);

#[allow(unsafe_code)] // the engine has no hook for this, and rquickjs only half of it
impl Heap {
    pub(super) fn of(ctx: &Ctx<'_>) -> Self {
        // SAFETY: the context is entered.
        Self(unsafe { qjs::JS_GetRuntime(ctx.as_raw().as_ptr()) })
    }

    /// Bytes in use at which cycles are looked for.
    fn threshold(self) -> usize {
        // SAFETY: called by the interrupt handler of this runtime, which is therefore there.
        unsafe { qjs::JS_GetGCThreshold(self.0) as usize }
    }

    fn set_threshold(self, bytes: usize) {
        // SAFETY: as above.
        unsafe { qjs::JS_SetGCThreshold(self.0, bytes as _) }
    }
}

/// The collections of one program.
#[derive(Debug, Default)]
pub(crate) struct Collection {
    /// The threshold that stands; 0 where none was seen yet.
    threshold: Cell<usize>,
}

impl Collection {
    /// Sets the next threshold where the engine has looked for cycles since the last call. It goes by
    /// bytes and steps alone, so that cycles are freed at the same point in every run.
    pub(super) fn pace(&self, heap: Heap, limit: usize) {
        let threshold = heap.threshold();
        let before = self.threshold.replace(threshold);
        if before != 0 && threshold != before {
            // After a look it is half as much again as what lives.
            let next = next(threshold / 3 * 2, limit);
            heap.set_threshold(next);
            self.threshold.set(next);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heap_may_grow_to_four_times_of_what_lives_and_never_far_beyond_its_limit() {
        const MB: usize = 1 << 20;
        assert_eq!(next(0, 2048 * MB), 8 * MB);
        assert_eq!(next(MB, 2048 * MB), 9 * MB);
        assert_eq!(next(100 * MB, 2048 * MB), 400 * MB);
        // Half of what is left, and close to the limit a sixteenth of it.
        assert_eq!(next(1024 * MB, 2048 * MB), 1536 * MB);
        assert_eq!(next(2000 * MB, 2048 * MB), 2128 * MB);
        assert_eq!(next(usize::MAX / 2, MB), usize::MAX / 2 + MB / 16);
    }
}
