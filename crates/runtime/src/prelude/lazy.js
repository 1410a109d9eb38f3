// Which lazy file of the prelude offers what. A file runs when one of its names is first asked
// for on `internal`, or one of its methods first called.

const { Object } = internal.intrinsics;
const OFFERS = {
  active_resources: ['activeResources'],
  absent: ['absentModule'],
  abort: ['AbortController', 'AbortSignal', 'AbortError', 'abortModule', 'validateAbortSignal'],
  crypto: ['crypto', 'webcrypto'],
  crypto_util: ['cryptoUtil'],
  assert: ['assert', 'innerOk'],
  assertion_error: ['AssertionError'],
  async_local_storage: ['asyncHooks'],
  async_scopes: ['asyncScopes', 'asyncIds'],
  console_class: ['adoptConsole'],
  comparisons: ['isDeepStrictEqual', 'isDeepEqual'],
  date_text: ['parseDate'],
  event: ['Event', 'CustomEvent', 'eventParts'],
  event_target: ['EventTarget', 'eventTargetModule', 'isEventTarget', 'targetListeners'],
  events_async_resource: ['EventEmitterAsyncResource'],
  events_async: ['kFirstEventParam', 'eventOnce', 'eventsOn', 'addAbortListener'],
  format: ['format', 'formatWithOptions'],
  handles: ['Handle', 'openHandles'],
  headline: ['headline'],
  http2_constants: ['http2Constants'],
  http_framing: ['MalformedHttp', 'httpFraming', 'httpKeepsAlive'],
  inspect: ['inspect', 'builtInNames'],
  inspect_entries: ['inspectEntries'],
  inspect_error: ['formatError'],
  inspect_layout: ['ARRAY_LIKE', 'reduceToSingleString'],
  inspect_text: ['inspectText', 'stringWidth', 'stripColors', 'formatNumber', 'formatBigInt'],
  json_errors: ['describeSyntaxError', 'describeCircle'],
  message_port: ['MessageChannel', 'MessageEvent', 'MessagePort', 'portsBegin', 'portsNext', 'workerThreads'],
  messages: ['isEngineMessage', 'translate'],
  node_inspect: ['inspectModule'],
  node_lib: ['nodeRequire', 'nodeBinding', 'nodeOriginal'],
  os: ['os'],
  require_module: ['requireModule', 'requireCycle', 'requireMadeBy', 'runImported'],
  signals: ['kill', 'sendSignal', 'signalArrived'],
  sim: ['sim'],
  sim_disk: ['simDisk'],
  sim_network: ['simNetwork', 'simPeer'],
  sim_words: ['simWords'],
  sockets: [
    'sockets', 'socketAccepted', 'socketConnected', 'socketWritten', 'socketReadEnded', 'socketRead', 'socketContinues',
  ],
  stack_frames: ['isModuleCode', 'framePlace', 'formatStack', 'translateMessage'],
  stdin: ['stdin'],
  stdio: ['upgradeStdio', 'writeQuietly'],
  structured_clone: ['structuredClone'],
  'testing/clock': ['clocks'],
  'testing/failures': ['watchTests'],
  'testing/fake_timers': ['fakeTimersModule', 'sinon'],
  'testing/jest': ['jestGlobals', 'vitest', 'vitestGlobals'],
  'testing/jest_lib': ['jestRequire'],
  'testing/suites': ['makeTestFunctions'],
  'testing/timer_controls': ['timerControls'],
  tim_sort: ['timSort', 'mergeSort'],
  timers_enroll: ['enrolledTimers'],
  timers_module: ['timersModule'],
  timers_promises: ['timersPromises'],
  trace_requests: ['traceRequests'],
  types: ['types', 'classOf', 'typedArrayTag', 'isError'],
  undici_llhttp: ['undiciWebAssembly'],
  usage: ['usage', 'heapStatistics'],
  util: ['util'],
  weak_ref: ['WeakRef'],
  world: ['openRequests', 'world', 'submitWork', 'finishSoon', 'closeSoon', 'workDone', 'requestDone', 'handleClosed'],
};

const loaded = new internal.KeptSet();

function load(file) {
  if (loaded.has(file)) return;
  loaded.add(file);
  let done = false;
  try {
    host.prelude(file)(host, internal);
    done = true;
  } finally {
    if (!done) loaded.delete(file); // the stack or the memory was full
  }
}

for (const [file, names] of Object.entries(OFFERS)) {
  for (const name of names) {
    Object.defineProperty(internal, name, {
      __proto__: null,
      configurable: true,
      enumerable: true,
      get() {
        load(file);
        return internal[name];
      },
      set(value) { Object.defineProperty(internal, name, { __proto__: null, value, writable: true, configurable: true, enumerable: true }); },
    });
  }
}

/** A method that `file` replaces when it is first called. */
function lazyMethods(file, object, names) {
  for (const name of names) {
    internal.hidden(object, name, { [name](...args) {
      load(file);
      return object[name].apply(this, args);
    } }[name]);
  }
}

lazyMethods('locale', Number.prototype, ['toLocaleString']);
lazyMethods('locale', BigInt.prototype, ['toLocaleString']);
lazyMethods('locale', Date.prototype, ['toLocaleString', 'toLocaleDateString', 'toLocaleTimeString']);
lazyMethods('locale', String.prototype, ['localeCompare', 'toLocaleUpperCase', 'toLocaleLowerCase']);

/** A global that is made when it is first looked at. */
internal.lazyGlobal = function lazyGlobal(name, enumerable, make = () => internal[name]) {
  const settle = (value) => {
    Object.defineProperty(globalThis, name, { __proto__: null, value, writable: true, configurable: true, enumerable });
    return value;
  };
  const { get, set } = Object.getOwnPropertyDescriptor({
    get [name]() { return settle(make()); },
    set [name](value) { settle(value); },
  }, name);
  Object.defineProperty(globalThis, name, { __proto__: null, configurable: true, enumerable, get, set });
};
