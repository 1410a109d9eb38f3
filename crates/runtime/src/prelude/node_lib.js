// Node's own library files (`../node/lib`, unmodified): the loader that gives each what Node gives
// it. A file runs when it is first required; `primordials` are taken when the first one is.

const UNDICI = 'internal/deps/undici/undici';

/** What replaces the functions of the program's `timers`. */
const MOCK_TIMERS = 'internal/test_runner/mock/mock_timers';

/** Modules that the prelude has already, so that there is one of each. */
const BUILT_IN = ['assert', 'console', 'events', 'os', 'process', 'timers', 'timers/promises', 'util', 'util/types'];

/** What stands for files of the library that are not here: what the others ask of them. */
const OURS = {
  ...Object.fromEntries(BUILT_IN.map((id) => [id, () => internal.builtIn(id)])),
  'async_hooks': () => internal.asyncScopes,
  'cluster': () => ({ isPrimary: true }),
  'internal/abort_controller': () => internal.abortModule,
  'internal/assert/assertion_error': () => internal.AssertionError,
  'internal/assert/utils': () => ({ innerOk: internal.innerOk }),
  'internal/crypto/util': () => internal.cryptoUtil,
  'internal/events/symbols': () => ({ kFirstEventParam: internal.kFirstEventParam }),
  'internal/event_target': () => internal.eventTargetModule,
  'internal/modules/cjs/loader': () => ({ Module: {} }),
  'internal/modules/esm/loader': () => ({}),
  'internal/options': () => ({ getOptionValue: (name) => OPTIONS[name], getEmbedderOptions: () => ({}) }),
  'internal/process/permission': () => ({ isEnabled: () => false, has: () => true }),
  'internal/process/task_queues': () => ({ nextTick: internal.nextTick, queueMicrotask: internal.queueMicrotask }),
  'internal/async_hooks': () => internal.asyncIds,
  'internal/test_runner/runner': () => ({ run: internal.refuser('test.run') }),
  'internal/timers': () => internal.timersModule,
  'internal/tty': () => ({ getColorDepth: () => 1 }),
  'internal/util/inspect': () => internal.inspectModule,
  'internal/util/types': () => internal.types,
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
  // For `https`, of which the first connection is refused.
  'tls': () => internal.absentModule('tls'),
  // For regular expressions that no program has touched: there is one realm.
  'vm': () => ({ runInNewContext: () => globalThis }),
  'worker_threads': () => internal.workerThreads,
};

/** The options of Node's command line that its library asks for. */
const OPTIONS = {
  '--dns-result-order': 'verbatim',
  '--enable-source-maps': false,
  '--experimental-test-coverage': false,
  '--experimental-test-module-mocks': false,
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
  'diagnostics_channel': ({ subscribe }) => { if (host.tracing) internal.traceRequests(subscribe); },
  'internal/errors': ({ kIsNodeError }) => { internal.kIsNodeError = kIsNodeError; },
  'internal/test_runner/test': (module) => internal.watchTests(module),
  'stream': () => internal.upgradeStdio(),
  'internal/url': ({ installObjectURLMethods }) => installObjectURLMethods(),
  'internal/util/debuglog': ({ initializeDebugEnv }) => initializeDebugEnv(internal.process.env.NODE_DEBUG),
};

/** What undici takes for the globals, which a program may replace. */
const undiciTimeout = (...args) => internal.ofLibrary(setTimeout(...args));
const undiciImmediate = (...args) => internal.ofLibrary(setImmediate(...args));

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
      const ofFile = id === MOCK_TIMERS ? require : libraryRequire;
      const globals = id === UNDICI ? [internal.undiciWebAssembly, undiciTimeout, undiciImmediate] : [];
      run(module.exports, ofFile, module, internal.process, internalBinding, primordials, ...globals);
      AFTERWARDS[id]?.(module.exports);
    }
    done = true;
  } finally {
    if (!done) loaded.delete(id); // the stack or the memory was full
  }
  return module.exports;
}

/** The same, with timers that are the library's. */
const libraryRequire = (id) => (id === 'timers' ? internal.libraryTimers : require(id));

function takePrimordials() {
  const taken = {};
  host.nodeLib('internal/per_context/primordials')({}, undefined, undefined, internal.process, undefined, taken);
  return taken;
}

/** A file of the library that the prelude stands in for, for what only it has. */
internal.nodeOriginal = function nodeOriginal(id) {
  const key = `original:${id}`;
  if (!loaded.has(key)) {
    const module = { exports: {} };
    primordials ??= takePrimordials();
    host.nodeLib(id)(module.exports, libraryRequire, module, internal.process, internalBinding, primordials);
    loaded.set(key, module);
  }
  return loaded.get(key).exports;
};

internal.nodeRequire = require;
internal.nodeBinding = internalBinding;
