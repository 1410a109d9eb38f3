//! The functions through which Node's `zlib` reaches its streams: `host.zlib()`.

use std::rc::Rc;

use rquickjs::{Array, Ctx, Object, Result, TypedArray};

use super::bindings::Bindings;
use super::host::Host;
use crate::bytes::copy_of;
use crate::compression::{Opening, Settings, Step};
use crate::error::{Budget, RuntimeErrorKind};

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
            at.open_stream(Opening::Zlib(mode, settings))
        },
    )?;
    let at = host.clone();
    bindings.add("openBrotliEncoder", move |parameters: Vec<i32>| {
        at.open_stream(Opening::BrotliEncoder(parameters))
    })?;
    let at = host.clone();
    bindings.add("openBrotliDecoder", move || {
        at.open_stream(Opening::BrotliDecoder)
    })?;
    let at = host.clone();
    bindings.add(
        "step",
        move |ctx: Ctx<'js>, id: u32, flush: i32, input: Bytes<'js>, room: usize| {
            let input = copy_of(&input);
            let step = at.streams.borrow_mut().step(id, flush, &input, room);
            step.map(|step| array(&ctx, step)).transpose()
        },
    )?;
    let at = host.clone();
    bindings.add("reset", move |id: u32| at.streams.borrow_mut().reset(id))?;
    let at = host.clone();
    bindings.add("setLevel", move |id: u32, level: i32| {
        at.streams.borrow_mut().set_level(id, level);
    })?;
    let at = host.clone();
    bindings.add("close", move |id: u32| at.streams.borrow_mut().close(id))?;
    bindings.add("crc32", |data: Bytes<'_>, start: u32| {
        zlib_rs::crc32::crc32(start, &copy_of(&data))
    })?;
    Ok(object)
}

impl Host {
    fn open_stream(&self, opening: Opening) -> Option<u32> {
        let mut streams = self.streams.borrow_mut();
        let limit = self.limits.memory;
        if streams.bytes() >= limit {
            self.fail_with(RuntimeErrorKind::Budget(Budget::Memory(limit)));
            return None;
        }
        streams.open(opening)
    }
}

/// Bytes left, those that came, and what is wrong: words, number, name.
fn array<'js>(ctx: &Ctx<'js>, step: Step) -> Result<Array<'js>> {
    let given = Array::new(ctx.clone())?;
    given.set(0, step.left)?;
    given.set(1, Bytes::new(ctx.clone(), step.output)?)?;
    if let Some(failure) = step.failure {
        given.set(2, failure.words)?;
        given.set(3, failure.number)?;
        given.set(4, failure.name)?;
    }
    Ok(given)
}
