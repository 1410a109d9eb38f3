//! Comparing bytes, and finding bytes in bytes.

use std::cmp::Ordering;

use memchr::memmem;
use rquickjs::{Result, TypedArray};

use super::Functions;
use crate::bytes::copy_of;

type Bytes<'js> = TypedArray<'js, u8>;

pub(super) fn add(functions: &Functions<'_>) -> Result<()> {
    functions.add("compare", |a: Bytes<'_>, b: Bytes<'_>| {
        match copy_of(&a).cmp(&copy_of(&b)) {
            Ordering::Less => -1,
            Ordering::Equal => 0,
            Ordering::Greater => 1,
        }
    })?;
    // The first place at or behind `from`, or the last one at or before it; -1 for none. `step` is
    // the size of a unit: places between units do not count.
    functions.add(
        "indexOf",
        |bytes: Bytes<'_>, wanted: Bytes<'_>, from: f64, forward: bool, step: usize| -> f64 {
            let (bytes, wanted) = (copy_of(&bytes), copy_of(&wanted));
            let from = from as usize;
            let found = if forward {
                memmem::find_iter(&bytes[from.min(bytes.len())..], &wanted)
                    .map(|at| at + from)
                    .find(|at| at % step == 0)
                    .or_else(|| overlapping(&bytes, &wanted, from, step))
            } else {
                let end = (from + wanted.len()).min(bytes.len());
                last(&bytes[..end], &wanted, step)
            };
            found.map_or(-1.0, |at| at as f64)
        },
    )
}

/// `find_iter` passes over matches that overlap one before: those between units hide others.
fn overlapping(bytes: &[u8], wanted: &[u8], from: usize, step: usize) -> Option<usize> {
    if step == 1 {
        return None;
    }
    (from.next_multiple_of(step)..bytes.len())
        .step_by(step)
        .find(|&at| bytes[at..].starts_with(wanted))
}

fn last(bytes: &[u8], wanted: &[u8], step: usize) -> Option<usize> {
    if step == 1 {
        return memmem::rfind(bytes, wanted);
    }
    (0..=bytes.len().saturating_sub(wanted.len()))
        .rev()
        .find(|&at| at % step == 0 && bytes[at..].starts_with(wanted))
}
