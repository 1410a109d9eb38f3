//! What Node's bindings need of Rust. Functions take and give strings, numbers and bytes, and never
//! call back into the program.

mod codec;
mod decoder;
mod hash;
mod search;
mod timer_queue;
mod url;

use rquickjs::function::IntoJsFunc;
use rquickjs::{Ctx, Exception, Function, Object, Result};

/// The functions of one group, by its name.
pub(crate) fn native<'js>(ctx: Ctx<'js>, group: String) -> Result<Object<'js>> {
    let functions = Functions(Object::new(ctx.clone())?);
    match group.as_str() {
        "codec" => codec::add(&functions)?,
        "decoder" => decoder::add(&functions)?,
        "hash" => hash::add(&functions)?,
        "search" => search::add(&functions)?,
        "timer_queue" => timer_queue::add(&functions)?,
        "url" => url::add(&functions)?,
        _ => {
            let message = format!("there are no native functions {group}");
            return Err(Exception::throw_message(&ctx, &message));
        }
    }
    Ok(functions.0)
}

struct Functions<'js>(Object<'js>);

impl<'js> Functions<'js> {
    fn add<P>(&self, name: &str, function: impl IntoJsFunc<'js, P> + 'js) -> Result<()> {
        let function = Function::new(self.0.ctx().clone(), function)?.with_name(name)?;
        self.0.set(name, function)
    }
}
