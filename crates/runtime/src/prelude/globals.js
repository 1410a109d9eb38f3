// Puts Node's globals in their place.

const { hidden } = internal;

const visible = (name, value) =>
  Object.defineProperty(globalThis, name, { __proto__: null, value, writable: true, configurable: true, enumerable: true });

/** Globals that a file of Node's library makes when they are first looked at. */
function fromNode(id, names, enumerable = false) {
  for (const name of names) internal.lazyGlobal(name, enumerable, () => internal.nodeRequire(id)[name]);
}

const UNDICI = 'internal/deps/undici/undici';

// In Node's order, for `Object.keys(globalThis)`.
for (const name of ['atob', 'btoa', 'queueMicrotask']) delete globalThis[name];
visible('global', globalThis);
for (const name of ['clearImmediate', 'setImmediate', 'clearInterval', 'clearTimeout', 'setInterval', 'setTimeout']) {
  visible(name, internal.timers[name]);
}
visible('queueMicrotask', internal.queueMicrotask);
internal.lazyGlobal('structuredClone', true);
for (const name of ['atob', 'btoa']) fromNode('buffer', [name], true);
fromNode('perf_hooks', ['performance'], true);
visible('fetch', function fetch(input, init = undefined) { return internal.nodeRequire(UNDICI).fetch(input, init); });
internal.lazyGlobal('crypto', true, () => internal.webcrypto);
hidden(globalThis, 'process', internal.process);
internal.NativeWeakRef = WeakRef;
internal.lazyGlobal('WeakRef', false);
for (const name of [
  'AbortController', 'AbortSignal', 'CustomEvent', 'Event', 'EventTarget', 'MessageChannel', 'MessageEvent', 'MessagePort',
]) {
  internal.lazyGlobal(name, false);
}
Object.defineProperty(globalThis, Symbol.toStringTag, { __proto__: null, value: 'global', configurable: true });

// Where real time would pass, virtual time does.
if (typeof Atomics === 'object') {
  hidden(Atomics, 'wait', function wait(array, index, value, timeout = Infinity) {
    if (Atomics.load(array, index) !== value) return 'not-equal';
    if (timeout === Infinity || Number.isNaN(timeout)) throw internal.refuse('Atomics.wait without a timeout');
    host.block(timeout);
    return 'timed-out';
  });
}

fromNode('buffer', ['Buffer', 'Blob', 'File']);
fromNode('internal/encoding', ['TextEncoder', 'TextDecoder']);
fromNode(UNDICI, ['FormData', 'Headers', 'Request', 'Response']);
fromNode('internal/webstreams/compression', ['CompressionStream', 'DecompressionStream']);
fromNode('internal/url', ['URL', 'URLSearchParams']);
fromNode('stream/web', [
  'ByteLengthQueuingStrategy', 'CountQueuingStrategy', 'ReadableByteStreamController', 'ReadableStream', 'ReadableStreamBYOBReader',
  'ReadableStreamBYOBRequest', 'ReadableStreamDefaultController', 'ReadableStreamDefaultReader', 'TextDecoderStream',
  'TextEncoderStream', 'TransformStream', 'TransformStreamDefaultController', 'WritableStream',
  'WritableStreamDefaultController', 'WritableStreamDefaultWriter',
]);

fromNode('perf_hooks', [
  'Performance', 'PerformanceEntry', 'PerformanceMark', 'PerformanceMeasure', 'PerformanceObserver', 'PerformanceObserverEntryList',
  'PerformanceResourceTiming',
]);

for (const name of [
  'BroadcastChannel', 'Crypto', 'CryptoKey', 'Intl', 'SubtleCrypto', 'WebAssembly',
]) {
  hidden(globalThis, name, internal.refuser(name));
}

/** The names of what is there before the program adds anything. */
internal.globalNames = Object.getOwnPropertyNames(globalThis);

// From here on stacks show the program, not the prelude.
internal.ready = true;
