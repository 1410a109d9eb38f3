//! Node's own library: its JavaScript, unmodified and under its own licence (`LICENSE` beside this
//! file), and what stands in for the C++ that it calls: `binding/*.js`, with `native` below them.
//! `prelude/node_lib.js` is its loader; nothing here is read before a program asks for it.

mod native;

use rquickjs::{Ctx, Function, Result};

use crate::engine::bytecode;

pub(crate) use native::native;

macro_rules! files {
    ($folder:literal: $($name:literal)*) => {
        &[$(($name, include_str!(concat!($folder, "/", $name, ".js"))),)*]
    };
}

/// Node's files, by their ids.
const LIB: &[(&str, &str)] = files! { "lib":
    "_http_agent"
    "_http_client"
    "_http_common"
    "_http_incoming"
    "_http_outgoing"
    "_http_server"
    "_stream_duplex"
    "_stream_passthrough"
    "_stream_readable"
    "_stream_transform"
    "_stream_writable"
    "async_hooks"
    "buffer"
    "diagnostics_channel"
    "dns"
    "dns/promises"
    "fs"
    "fs/promises"
    "http"
    "https"
    "internal/assert"
    "internal/assert/calltracker"
    "internal/blob"
    "internal/buffer"
    "internal/cli_table"
    "internal/console/constructor"
    "internal/constants"
    "internal/crypto/hash"
    "internal/crypto/hashnames"
    "internal/crypto/keys"
    "internal/crypto/pbkdf2"
    "internal/crypto/random"
    "internal/deps/cjs-module-lexer/lexer"
    "internal/deps/undici/undici"
    "internal/dns/callback_resolver"
    "internal/dns/promises"
    "internal/dns/utils"
    "internal/encoding"
    "internal/errors"
    "internal/events/abort_listener"
    "internal/file"
    "internal/fixed_queue"
    "internal/freelist"
    "internal/fs/cp/cp"
    "internal/fs/cp/cp-sync"
    "internal/fs/dir"
    "internal/fs/promises"
    "internal/fs/read/context"
    "internal/fs/recursive_watch"
    "internal/fs/rimraf"
    "internal/fs/streams"
    "internal/fs/utils"
    "internal/fs/watchers"
    "internal/histogram"
    "internal/http"
    "internal/linkedlist"
    "internal/mime"
    "internal/net"
    "internal/per_context/primordials"
    "internal/perf/event_loop_delay"
    "internal/perf/event_loop_utilization"
    "internal/perf/nodetiming"
    "internal/perf/observe"
    "internal/perf/performance"
    "internal/perf/performance_entry"
    "internal/perf/resource_timing"
    "internal/perf/timerify"
    "internal/perf/usertiming"
    "internal/perf/utils"
    "internal/priority_queue"
    "internal/querystring"
    "internal/readline/callbacks"
    "internal/readline/emitKeypressEvents"
    "internal/readline/interface"
    "internal/readline/promises"
    "internal/readline/utils"
    "internal/stream_base_commons"
    "internal/streams/add-abort-signal"
    "internal/streams/compose"
    "internal/streams/destroy"
    "internal/streams/duplex"
    "internal/streams/duplexify"
    "internal/streams/duplexpair"
    "internal/streams/end-of-stream"
    "internal/streams/from"
    "internal/streams/lazy_transform"
    "internal/streams/legacy"
    "internal/streams/operators"
    "internal/streams/passthrough"
    "internal/streams/pipeline"
    "internal/streams/readable"
    "internal/streams/state"
    "internal/streams/transform"
    "internal/streams/utils"
    "internal/streams/writable"
    "internal/test_runner/harness"
    "internal/test_runner/mock/mock"
    "internal/test_runner/mock/mock_timers"
    "internal/test_runner/reporter/dot"
    "internal/test_runner/reporter/junit"
    "internal/test_runner/reporter/lcov"
    "internal/test_runner/reporter/spec"
    "internal/test_runner/reporter/tap"
    "internal/test_runner/reporter/utils"
    "internal/test_runner/test"
    "internal/test_runner/tests_stream"
    "internal/test_runner/utils"
    "internal/url"
    "internal/util"
    "internal/util/colors"
    "internal/util/comparisons"
    "internal/util/debuglog"
    "internal/util/parse_args/parse_args"
    "internal/util/parse_args/utils"
    "internal/validators"
    "internal/webidl"
    "internal/webstreams/adapters"
    "internal/webstreams/compression"
    "internal/webstreams/encoding"
    "internal/webstreams/queuingstrategies"
    "internal/webstreams/readablestream"
    "internal/webstreams/transfer"
    "internal/webstreams/transformstream"
    "internal/webstreams/util"
    "internal/webstreams/writablestream"
    "net"
    "path"
    "path/posix"
    "path/win32"
    "perf_hooks"
    "punycode"
    "querystring"
    "readline"
    "readline/promises"
    "stream"
    "stream/consumers"
    "stream/promises"
    "stream/web"
    "string_decoder"
    "test"
    "test/reporters"
    "url"
    "util"
    "zlib"
};

/// What `internalBinding` gives, by its names.
const BINDINGS: &[(&str, &str)] = files! { "binding":
    "blob"
    "buffer"
    "cares_wrap"
    "config"
    "constants"
    "crypto"
    "encoding_binding"
    "errors"
    "fs"
    "fs_dir"
    "fs_event_wrap"
    "http_parser"
    "icu"
    "messaging"
    "os"
    "performance"
    "pipe_wrap"
    "stream_wrap"
    "string_decoder"
    "tcp_wrap"
    "trace_events"
    "types"
    "url"
    "util"
    "uv"
    "zlib"
};

/// What Node's fetch is. It is given globals of its own.
const UNDICI: &str = "internal/deps/undici/undici";

/// The function that a file of Node's library is the body of; none for an id that is not here.
pub(crate) fn lib<'js>(ctx: Ctx<'js>, id: String) -> Result<Option<Function<'js>>> {
    let mut parameters =
        "exports, require, module, process, internalBinding, primordials".to_owned();
    if id == UNDICI {
        parameters.push_str(", WebAssembly, setTimeout, setImmediate");
    }
    function(&ctx, LIB, &id, &format!("node:{id}"), &parameters)
}

/// The function that makes a binding; none for a name that is not here.
pub(crate) fn binding<'js>(ctx: Ctx<'js>, name: String) -> Result<Option<Function<'js>>> {
    let file = format!("node:internal/binding/{name}");
    function(&ctx, BINDINGS, &name, &file, "host, internal")
}

/// A line of Node's library, counted from 1.
pub(crate) fn line(file: &str, line: usize) -> Option<String> {
    let id = file.strip_prefix("node:")?;
    let (_, text) = LIB.iter().find(|(name, _)| *name == id)?;
    text.lines()
        .nth(line.checked_sub(1)?)
        .map(ToOwned::to_owned)
}

fn function<'js>(
    ctx: &Ctx<'js>,
    files: &[(&str, &str)],
    id: &str,
    file: &str,
    parameters: &str,
) -> Result<Option<Function<'js>>> {
    let Some((_, text)) = files.iter().find(|(name, _)| *name == id) else {
        return Ok(None);
    };
    // On the first line, so that lines are counted as Node counts them.
    let function = format!("(function ({parameters}) {{ 'use strict'; {text}\n}})");
    bytecode::function(ctx, file, function, true).map(Some)
}
