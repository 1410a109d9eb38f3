// Node's own library files (`../node/lib`, unmodified): the loader that gives each what Node gives
// it. A file runs when it is first required; `primordials` are taken when the first one is.

const UNDICI = 'internal/deps/undici/undici';
const ASYNC_ID = Symbol('async_id_symbol');
let lastAsyncId = 1;

const TIMEOUT_MAX = 2 ** 31 - 1;

/** As `internal/timers` checks what `setTimeout` of a socket is given. */
function getTimerDuration(msecs, name) {
  internal.validateNumber(msecs, name);
  if (msecs < 0 || !Number.isFinite(msecs)) throw internal.outOfRange(name, 'a non-negative finite number', msecs);
  if (msecs <= TIMEOUT_MAX) return msecs;
  internal.process.emitWarning(
    `${msecs} does not fit into a 32-bit signed integer.\nTimer duration was truncated to ${TIMEOUT_MAX}.`, 'TimeoutOverflowWarning');
  return TIMEOUT_MAX;
}

/** Modules that the prelude has already, so that there is one of each. */
const BUILT_IN = ['assert', 'console', 'events', 'os', 'perf_hooks', 'process', 'timers', 'timers/promises', 'util'];

/** What stands for files of the library that are not here: what the others ask of them. */
const OURS = {
  ...Object.fromEntries(BUILT_IN.map((id) => [id, () => internal.builtIn(id)])),
  'async_hooks': () => internal.asyncScopes,
  'cluster': () => ({ isPrimary: true }),
  'internal/async_hooks': () => ({
    newAsyncId: () => ++lastAsyncId,
    getOrSetAsyncId: (object) => (object[ASYNC_ID] ??= ++lastAsyncId),
    defaultTriggerAsyncIdScope: (id, run, ...args) => run(...args),
    symbols: { owner_symbol: Symbol('owner_symbol'), async_id_symbol: ASYNC_ID, trigger_async_id_symbol: Symbol('trigger_async_id_symbol') },
  }),
  'internal/abort_controller': () => ({ AbortController: internal.AbortController, AbortSignal: internal.AbortSignal }),
  'internal/assert/utils': () => ({ innerOk: internal.innerOk }),
  'internal/event_target': () => internal.eventTargetModule,
  'internal/modules/cjs/loader': () => ({ Module: {} }),
  'internal/modules/esm/loader': () => ({}),
  'internal/options': () => ({ getOptionValue: (name) => OPTIONS[name], getEmbedderOptions: () => ({}) }),
  'internal/perf/observe': () => ({ hasObserver: () => false, startPerf() {}, stopPerf() {} }),
  'internal/process/permission': () => ({ isEnabled: () => false, has: () => true }),
  'internal/readline/interface': () => ({ Interface: internal.refuser('filehandle.readLines') }),
  'internal/process/task_queues': () => ({ nextTick: internal.nextTick, queueMicrotask: internal.queueMicrotask }),
  'internal/test_runner/runner': () => ({ run: internal.refuser('test.run') }),
  'internal/timers': () => ({
    kTimeout: Symbol('timeout'),
    TIMEOUT_MAX,
    getTimerDuration,
    setUnrefTimeout: (callback, after) => internal.startTimer(callback, after, { ref: false }),
  }),
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
  // For answers that are compressed; a fetch of one is refused.
  'zlib': () => ({
    constants: { Z_SYNC_FLUSH: 2, BROTLI_OPERATION_FLUSH: 1 },
    createBrotliDecompress: internal.refuser('zlib'),
    createGunzip: internal.refuser('zlib'),
    createInflate: internal.refuser('zlib'),
    createInflateRaw: internal.refuser('zlib'),
  }),
  'util/types': () => internal.types,
  // For regular expressions that no program has touched: there is one realm.
  'vm': () => ({ runInNewContext: () => globalThis }),
  'worker_threads': () => internal.workerThreads,
};

/** The options of Node's command line that its library asks for. */
const OPTIONS = {
  '--enable-source-maps': false,
  '--experimental-test-coverage': false,
  '--experimental-test-module-mocks': false,
  '--dns-result-order': 'verbatim',
  '--insecure-http-parser': false,
  '--max-http-header-size': 16 << 10,
  '--network-family-autoselection': true,
  '--network-family-autoselection-attempt-timeout': 250,
  '--pending-deprecation': false,
  '--test': false,
  '--test-force-exit': false,
  '--test-name-pattern': [],
  '--test-only': false,
  '--test-reporter': [],
  '--test-reporter-destination': [],
  '--warnings': true,
};

/** What Node does with a file of its library while it starts. */
const AFTERWARDS = {
  'internal/errors': ({ kIsNodeError }) => { internal.kIsNodeError = kIsNodeError; },
  'stream': () => internal.upgradeStdio(),
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
  if (id.startsWith('node:')) id = id.slice(5);
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
      run(module.exports, require, module, internal.process, internalBinding, primordials, id === UNDICI ? internal.undiciWebAssembly : undefined);
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
