//! The bytes of typed arrays: the only place that reads the engine's memory.
#![allow(unsafe_code)]

use rquickjs::TypedArray;

/// A copy of what a `Uint8Array` holds; empty where its buffer is gone.
pub(crate) fn copy_of(array: &TypedArray<'_, u8>) -> Vec<u8> {
    // SAFETY: the slice is read before anything else can run that would move or free the buffer,
    // and no other thread has it: one thread runs an engine, and there are no workers.
    let bytes = unsafe { array.as_bytes() };
    bytes.map(<[u8]>::to_vec).unwrap_or_default()
}
