// What the other files need of the engine itself, taken before a program can change it, and what
// QuickJS has that Node 20 has not, taken away.

const { defineProperty, getOwnPropertyDescriptor, setPrototypeOf } = Object;
const { ownKeys } = Reflect;
const fileName = getOwnPropertyDescriptor(Function.prototype, 'fileName').get;
const lineNumber = getOwnPropertyDescriptor(Function.prototype, 'lineNumber').get;
const columnNumber = getOwnPropertyDescriptor(Function.prototype, 'columnNumber').get;
for (const name of ['fileName', 'lineNumber', 'columnNumber']) delete Function.prototype[name];

/** Where a function is defined. */
internal.definition = (fn) => ({ file: fileName.call(fn), line: lineNumber.call(fn), column: columnNumber.call(fn) });

/** Whether a function is the library's, Node's or the prelude's: those are kept without their text. */
internal.isLibraryFunction = (fn) => typeof fn === 'function' && fileName.call(fn)?.startsWith('node:') === true;

/** Whether it is a class of the library's. */
internal.isLibraryClass = (fn) => internal.isLibraryFunction(fn) && getOwnPropertyDescriptor(fn, 'prototype')?.writable === false;

/** A file as it is shown: relative to the program's folder. */
const shown = (file) => (file.startsWith(`${host.folder}/`) ? file.slice(host.folder.length + 1) : file);
internal.shownFile = shown;

/** `file:line` of a callback, or, where that is none of the program's own functions, of the code
    that hands it over; only when a trace is kept. */
internal.placeOf = function placeOf(callback) {
  if (!host.tracing) return undefined;
  try {
    const file = fileName.call(callback);
    if (file !== undefined && !file.startsWith('node:')) return `${shown(file)}:${lineNumber.call(callback)}`;
  } catch {
    // a bound or native function
  }
  const here = {};
  Error.captureStackTrace(here, placeOf);
  return internal.shownPlace(here)?.replace(/:\d+$/, '');
};

const words = (place) => place && `${shown(place.file)}:${place.line}:${place.column}`;

/** `file:line:column` of the topmost frame of an error that is the program's own. */
internal.shownPlace = (error) => words(internal.topPlace(error));

/** The same of a finding: what packages are given is told by who gave it. */
internal.findingPlace = (error) => words(internal.topPlace(error, true));

const { isError } = Error;
internal.isNativeError = (value) => isError(value);

const internalErrors = InternalError.prototype;
const { isPrototypeOf } = Object.prototype;
internal.isInternalError = (value) => isPrototypeOf.call(internalErrors, value);

const { transfer } = ArrayBuffer.prototype;
const isDetached = getOwnPropertyDescriptor(ArrayBuffer.prototype, 'detached').get;

/** A new ArrayBuffer with what an old one held, which is empty from then on. */
internal.transferArrayBuffer = (buffer) => transfer.call(buffer);
internal.isArrayBufferDetached = (value) => internal.types.isArrayBuffer(value) && isDetached.call(value);

const NEWER = {
  'Array': ['fromAsync'],
  'ArrayBuffer.prototype': [
    'detached', 'immutable', 'sliceToImmutable', 'transfer', 'transferToFixedLength', 'transferToImmutable',
  ],
  'Atomics': ['pause'],
  'DataView.prototype': ['getFloat16', 'setFloat16'],
  'Error': ['isError'],
  'JSON': ['isRawJSON', 'rawJSON'],
  'Map': ['groupBy'],
  'Map.prototype': ['getOrInsert', 'getOrInsertComputed'],
  'Math': ['f16round', 'sumPrecise'],
  'Object': ['groupBy'],
  'Promise': ['try', 'withResolvers'],
  'RegExp': ['escape'],
  'Set.prototype': [
    'difference', 'intersection', 'isDisjointFrom', 'isSubsetOf', 'isSupersetOf', 'symmetricDifference', 'union',
  ],
  'Uint8Array': ['fromBase64', 'fromHex'],
  'Uint8Array.prototype': ['setFromBase64', 'setFromHex', 'toBase64', 'toHex'],
  'WeakMap.prototype': ['getOrInsert', 'getOrInsertComputed'],
};
for (const [path, names] of Object.entries(NEWER)) {
  const object = path.split('.').reduce((holder, name) => holder[name], globalThis);
  for (const name of names) delete object[name];
}
const iteratorPrototype = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()));
for (const key of Reflect.ownKeys(iteratorPrototype)) {
  if (key !== Symbol.iterator) delete iteratorPrototype[key];
}
for (const name of [
  'AsyncDisposableStack', 'DisposableStack', 'Float16Array', 'InternalError', 'Iterator',
  'SuppressedError', 'performance',
]) {
  delete globalThis[name];
}

/** What a built-in object holds, with what its prototype does. */
function copyOf(holder) {
  const copy = { __proto__: null };
  for (const key of ownKeys(holder)) {
    const { value } = getOwnPropertyDescriptor(holder, key);
    if (value !== undefined) copy[key] = key === 'prototype' ? copyOf(value) : value;
  }
  return copy;
}

/** Built-ins as they were before the program, for what runs while it has changed them: files on the way of
    `console.log` and of uncaught errors take their own `Object` and the like from here. */
internal.intrinsics = { __proto__: null };
for (const name of ['Array', 'Date', 'Error', 'Function', 'Map', 'Math', 'Number', 'Object', 'Reflect', 'RegExp', 'Set', 'Symbol']) {
  internal.intrinsics[name] = copyOf(globalThis[name]);
}

/** A collection whose methods no program changes. */
function kept(Class) {
  class Kept extends Class {}
  const { prototype } = Kept;
  for (const key of ownKeys(Class.prototype)) {
    if (key !== 'constructor') defineProperty(prototype, key, getOwnPropertyDescriptor(Class.prototype, key));
  }
  return Kept;
}
const KeptWeakMap = kept(WeakMap);
Object.assign(internal, { KeptMap: kept(Map), KeptSet: kept(Set), KeptWeakMap, KeptWeakSet: kept(WeakSet) });

/** A property of an object's own, which inherits nothing of what a program gives to all objects. */
internal.ownDescriptor = function ownDescriptor(object, key) {
  const descriptor = getOwnPropertyDescriptor(object, key);
  return descriptor === undefined ? undefined : setPrototypeOf(descriptor, null);
};

/** A property like those of built-in objects: not enumerable. */
internal.hidden = function hidden(object, name, value) {
  defineProperty(object, name, { __proto__: null, value, writable: true, configurable: true, enumerable: false });
};

/** The virtual wall clock, in whole milliseconds since 1970. */
const { floor } = Math;
internal.wallMs = () => host.epochMs + floor(host.nowNs() / 1e6);

const { Math: math } = globalThis;
internal.hidden(math, 'random', function random() { return host.random(); });

// --- proxies ----------------------------------------------------------------------------------
// `inspect` looks through a proxy without running its traps; the engine does not say what is one,
// so they are remembered as they are made.

const NativeProxy = Proxy;
const proxies = new KeptWeakMap();

function Proxy_(target, handler) {
  if (new.target === undefined) throw new TypeError("Constructor Proxy requires 'new'");
  const proxy = new NativeProxy(target, handler);
  proxies.set(proxy, { target, handler });
  return proxy;
}
Object.defineProperty(Proxy_, 'name', { __proto__: null, value: 'Proxy', configurable: true });
Object.defineProperty(Proxy_, 'prototype', { __proto__: null, value: undefined });
internal.hidden(Proxy_, 'revocable', function revocable(target, handler) {
  const { proxy, revoke } = NativeProxy.revocable(target, handler);
  const parts = { target, handler };
  proxies.set(proxy, parts);
  return {
    proxy,
    revoke() {
      parts.target = null;
      parts.handler = null;
      revoke();
    },
  };
});
internal.hidden(globalThis, 'Proxy', Proxy_);

/** A proxy's target and handler, both null once it is revoked; undefined for what is no proxy. */
internal.proxyParts = (value) => proxies.get(value);

// --- what V8 has and QuickJS has not --------------------------------------------------------------

internal.hidden(Promise, 'any', function any(promises) {
  return new this((resolve, reject) => {
    const errors = [];
    let waiting = 1;
    let index = 0;
    const settle = () => {
      if (--waiting === 0) {
        const error = new AggregateError(errors, 'All promises were rejected');
        reject(error);
      }
    };
    for (const item of promises) {
      const at = index++;
      errors.push(undefined);
      waiting++;
      let called = false;
      this.resolve(item).then(resolve, (error) => {
        if (called) return;
        called = true;
        errors[at] = error;
        settle();
      });
    }
    settle();
  });
});
