//! The functions through which Node's `zlib` reaches its streams: `host.zlib()`.

use std::rc::Rc;

use rquickjs::{Array, Ctx, Object, Result, TypedArray, Undefined};

use super::bindings::Bindings;
use super::host::Host;
use crate::bytes::copy_of;
use crate::error::{Budget, RuntimeErrorKind};
use crate::zlib::Settings;

/// What a stream takes at most, which the engine does not count.
const STREAM_BYTES: usize = 300 << 10;

type Bytes<'js> = TypedArray<'js, u8>;

/// Makes the object.
pub(super) fn zlib_object<'js>(ctx: &Ctx<'js>, host: &Rc<Host>) -> Result<Object<'js>> {
    let object = Object::new(ctx.clone())?;
    let bindings = Bindings::new(ctx, &object);
    let at = host.clone();
    bindings.add(
        "open",
        move |mode: i32, numbers: Vec<i32>, dictionary: Bytes<'_>| {
            let [window_bits, level, mem_level, strategy] = numbers[..] else {
                return None;
            };
            let settings = Settings {
                window_bits,
                level,
                mem_level,
                strategy,
                dictionary: copy_of(&dictionary),
            };
            let mut streams = at.zlib.borrow_mut();
            let limit = at.limits.memory;
            if streams.count() >= limit / STREAM_BYTES {
                at.fail_with(RuntimeErrorKind::Budget(Budget::Memory(limit)));
                return None;
            }
            streams.open(mode, settings)
        },
    )?;
    let at = host.clone();
    bindings.add(
        "step",
        move |ctx: Ctx<'js>, id: u32, flush: i32, input: Bytes<'js>, room: usize| {
            let step = at.zlib.borrow_mut().step(id, flush, &copy_of(&input), room);
            step.map(|step| -> Result<Array<'js>> {
                let given = Array::new(ctx.clone())?;
                given.set(0, step.left)?;
                given.set(1, Bytes::new(ctx.clone(), step.output)?)?;
                match step.error {
                    Some((code, words)) => {
                        given.set(2, words)?;
                        given.set(3, code)?;
                    }
                    None => given.set(2, Undefined)?,
                }
                Ok(given)
            })
            .transpose()
        },
    )?;
    let at = host.clone();
    bindings.add("reset", move |id: u32| at.zlib.borrow_mut().reset(id))?;
    let at = host.clone();
    bindings.add("setLevel", move |id: u32, level: i32| {
        at.zlib.borrow_mut().set_level(id, level)
    })?;
    let at = host.clone();
    bindings.add("close", move |id: u32| at.zlib.borrow_mut().close(id))?;
    bindings.add("crc32", |data: Bytes<'_>, start: u32| {
        zlib_rs::crc32::crc32(start, &copy_of(&data))
    })?;
    Ok(object)
}
