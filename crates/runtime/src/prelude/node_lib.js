// Node's own library files (`../node/lib`, unmodified): the loader that gives each what Node gives
// it. A file runs when it is first required; `primordials` are taken when the first one is.

/** What the prelude has already, so that there is one of each. */
const OURS = {
  'assert': () => internal.assert,
  'console': () => internal.console,
  'events': () => internal.EventEmitter,
  'internal/async_hooks': () => ({
    defaultTriggerAsyncIdScope: (id, run, ...args) => run(...args),
    symbols: { owner_symbol: Symbol('owner_symbol'), async_id_symbol: Symbol('async_id_symbol'), trigger_async_id_symbol: Symbol('trigger_async_id_symbol') },
  }),
  'internal/abort_controller': () => ({ AbortController: internal.AbortController, AbortSignal: internal.AbortSignal }),
  'internal/event_target': () => internal.eventTargetModule,
  'internal/options': () => ({ getOptionValue: (name) => OPTIONS[name], getEmbedderOptions: () => ({}) }),
  'internal/process/permission': () => ({ isEnabled: () => false, has: () => true }),
  'internal/readline/interface': () => ({ Interface: internal.refuser('filehandle.readLines') }),
  'internal/process/task_queues': () => ({ nextTick: internal.nextTick, queueMicrotask: internal.queueMicrotask }),
  'internal/tty': () => ({ getColorDepth: () => 1 }),
  'internal/util/inspect': () => internal.inspectModule,
  'internal/util/types': () => ({ ...internal.types, isKeyObject: () => false, isCryptoKey: () => false }),
  'internal/v8/startup_snapshot': () => ({
    namespace: { isBuildingSnapshot: () => false },
    addAfterUserSerializeDeserializeSnapshot() {},
    addDeserializeCallback() {},
    addSerializeCallback() {},
    isBuildingSnapshot: () => false,
  }),
  'internal/worker/io': () => ({}),
  'internal/worker/js_transferable': () => ({
    JSTransferable: class JSTransferable {},
    makeTransferable: (object) => object,
    kClone: Symbol('messaging_clone_symbol'),
    kDeserialize: Symbol('messaging_deserialize_symbol'),
    kTransfer: Symbol('messaging_transfer_symbol'),
    kTransferList: Symbol('messaging_transfer_list_symbol'),
  }),
  'process': () => internal.process,
  'timers': () => internal.timers,
  'timers/promises': () => internal.timersPromises,
  'util': () => internal.util,
  'util/types': () => internal.types,
  // For regular expressions that no program has touched: there is one realm.
  'vm': () => ({ runInNewContext: () => globalThis }),
};

/** The options of Node's command line that its library asks for. */
const OPTIONS = {
  '--pending-deprecation': false,
  '--warnings': true,
};

/** What Node does with a file of its library while it starts. */
const AFTERWARDS = {
  'internal/errors': ({ kIsNodeError }) => { internal.kIsNodeError = kIsNodeError; },
  'internal/util/debuglog': ({ initializeDebugEnv }) => initializeDebugEnv(internal.process.env.NODE_DEBUG),
};

const loaded = new Map();
const bindings = new Map();
let primordials;

/** Node's `internalBinding`: what its library has in C++. */
function internalBinding(name) {
  if (!bindings.has(name)) {
    const make = host.nodeBinding(name);
    if (make === undefined) throw internal.unavailable(`internalBinding('${name}')`);
    bindings.set(name, make(host, internal));
  }
  return bindings.get(name);
}

/** Node's `require` between files of its library. */
function require(id) {
  const known = loaded.get(id);
  if (known !== undefined) return known.exports;
  const module = { id, exports: {} };
  loaded.set(id, module);
  let done = false;
  try {
    if (Object.hasOwn(OURS, id)) {
      module.exports = OURS[id]();
    } else {
      const run = host.nodeLib(id);
      if (run === undefined) throw internal.unavailable(id);
      primordials ??= takePrimordials();
      run(module.exports, require, module, internal.process, internalBinding, primordials);
      AFTERWARDS[id]?.(module.exports);
    }
    done = true;
  } finally {
    if (!done) loaded.delete(id); // the stack or the memory was full
  }
  return module.exports;
}

function takePrimordials() {
  const taken = {};
  host.nodeLib('internal/per_context/primordials')({}, undefined, undefined, internal.process, undefined, taken);
  return taken;
}

internal.nodeRequire = require;
internal.nodeBinding = internalBinding;
