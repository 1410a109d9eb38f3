//! The JavaScript that makes QuickJS look like Node. Each file is the body of a function of
//! `(host, internal)`: `host` holds the bindings, and what a file offers to the others it puts on
//! `internal`. The eager files run once per program, in order; the lazy ones when something of
//! theirs is first asked for, since most programs need few of them and parsing is what starting a
//! program costs. Which lazy file offers what is listed in `lazy.js`.

use rquickjs::{Ctx, Exception, Function, Result};

use super::bytecode;

macro_rules! files {
    ($($name:literal)*) => {
        &[$(($name, include_str!(concat!("../prelude/", $name, ".js"))),)*]
    };
}

/// Files that every program needs, in the order in which they run.
pub(crate) const EAGER: &[(&str, &str)] = files! {
    "intrinsics"
    "lazy"
    "errors"
    "stack"
    "json"
    "date"
    "array_sort"
    "events"
    "async_context"
    "task_queues"
    "timers"
    "environment"
    "process"
    "console"
    "modules"
    "globals"
};

const LAZY: &[(&str, &str)] = files! {
    "abort"
    "absent"
    "active_resources"
    "assert"
    "assertion_error"
    "async_local_storage"
    "async_scopes"
    "comparisons"
    "console_class"
    "crypto"
    "crypto_util"
    "date_text"
    "event"
    "event_target"
    "events_async"
    "events_async_resource"
    "format"
    "handles"
    "headline"
    "http2_constants"
    "http_framing"
    "inspect"
    "inspect_entries"
    "inspect_error"
    "inspect_layout"
    "inspect_text"
    "json_errors"
    "locale"
    "message_port"
    "messages"
    "node_inspect"
    "node_lib"
    "os"
    "require_module"
    "signals"
    "sim"
    "sim_disk"
    "sim_network"
    "sim_words"
    "sockets"
    "stack_frames"
    "stdin"
    "stdio"
    "structured_clone"
    "testing/clock"
    "testing/failures"
    "testing/fake_timers"
    "testing/jest"
    "testing/jest_lib"
    "testing/suites"
    "testing/timer_controls"
    "tim_sort"
    "timers_enroll"
    "timers_module"
    "timers_promises"
    "trace_requests"
    "types"
    "undici_llhttp"
    "usage"
    "util"
    "weak_ref"
    "world"
};

/// The function of a lazy file.
pub(crate) fn lazy<'js>(ctx: Ctx<'js>, name: String) -> Result<Function<'js>> {
    match LAZY.iter().find(|(file, _)| *file == name) {
        Some((name, text)) => evaluate(&ctx, name, text),
        None => Err(Exception::throw_message(
            &ctx,
            &format!("the prelude has no lazy file {name}"),
        )),
    }
}

/// The function that a prelude file is the body of.
pub(crate) fn evaluate<'js>(ctx: &Ctx<'js>, name: &str, text: &str) -> Result<Function<'js>> {
    let text = format!("(function (host, internal) {{ 'use strict';\n{text}\n}})");
    bytecode::function(ctx, &format!("node:internal/{name}"), text, true)
}
