use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::error::RuntimeError;
use crate::program::on_own_stacks;

/// Does `work` on 0, 1, … below `count`, side by side on each core, and gives the results in that
/// order. The first error ends it.
///
/// # Errors
/// That of the first number whose work fails.
///
/// # Cancellation
/// `cancel` is asked before each number; the results end where it said so.
pub(crate) fn side_by_side<T: Send>(
    path: &Path,
    count: u32,
    cancel: &(dyn Fn() -> bool + Sync),
    work: impl Fn(u32) -> Result<T, RuntimeError> + Sync,
) -> Result<Vec<T>, RuntimeError> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicU32::new(0);
    let parts = on_own_stacks(path, cores.min(count.max(1) as usize), || {
        let mut done = Vec::new();
        while !cancel() {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= count {
                break;
            }
            let result = work(number);
            if result.is_err() {
                next.store(count, Ordering::Relaxed);
            }
            done.push((number, result));
        }
        done
    })?;
    let mut all: Vec<(u32, Result<T, RuntimeError>)> = parts.into_iter().flatten().collect();
    all.sort_by_key(|(number, _)| *number);
    all.into_iter().map(|(_, result)| result).collect()
}
