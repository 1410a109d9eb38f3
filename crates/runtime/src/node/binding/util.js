// What `internalBinding('util')` tells of values.

// Private symbols of V8's are found by nobody. What is assigned to `__proto__` and is no object
// leaves no trace either; marks that something reads again are not kept by these names.
const privateSymbols = {
  __proto__: null,
  arrow_message_private_symbol: '__proto__',
  decorated_private_symbol: '__proto__',
  untransferable_object_private_symbol: '__proto__',
};

const PROMISE_STATES = { pending: 0, fulfilled: 1, rejected: 2 };
const ONLY_ENUMERABLE = 2;
const isIndex = (key) => typeof key === 'string' && /^(0|[1-9][0-9]*)$/.test(key) && key < 2 ** 32 - 1;

/** The lines of a `.env` file: `name=value`, quoted or up to a comment. */
function parseEnv(content) {
  const values = {};
  const entry = /^[ \t]*(?:export[ \t]+)?([^=\s#][^=\n]*?)[ \t]*=[ \t]*(?:(["'`])([^]*?)\2[^\n]*|([^\n]*))$/gm;
  for (const [, name, quote, quoted, bare] of content.replaceAll('\r\n', '\n').matchAll(entry)) {
    if (quote === undefined) values[name] = bare.replace(/#.*$/, '').trim();
    else values[name] = quote === '"' ? quoted.replaceAll('\\n', '\n') : quoted;
  }
  return values;
}

return {
  constants: {
    kPending: 0, kFulfilled: 1, kRejected: 2, ALL_PROPERTIES: 0, ONLY_ENUMERABLE, ONLY_WRITABLE: 1, ONLY_CONFIGURABLE: 4,
    SKIP_STRINGS: 8, SKIP_SYMBOLS: 16, kExiting: 0, kExitCode: 1, kHasExitCode: 2, kDisallowCloneAndTransfer: 0,
    kTransferable: 1, kCloneable: 2,
  },
  privateSymbols,
  shouldAbortOnUncaughtToggle: [0],
  getOwnNonIndexProperties(object, filter) {
    const keys = Reflect.ownKeys(object).filter((key) => !isIndex(key));
    return filter === ONLY_ENUMERABLE ? keys.filter((key) => Object.prototype.propertyIsEnumerable.call(object, key)) : keys;
  },
  getConstructorName: (object) => internal.classOf(object),
  getCallerLocation() {
    const place = internal.testPlace ?? internal.topPlace(new Error());
    return place && [place.line, place.column, place.file];
  },
  getPromiseDetails(promise) {
    const [state, result] = host.promiseState(promise);
    return state === 'pending' ? [0] : [PROMISE_STATES[state], result];
  },
  getProxyDetails(value, both = true) {
    const parts = internal.proxyParts(value);
    if (parts === undefined) return undefined;
    return both ? [parts.target, parts.handler] : parts.target;
  },
  /** Without a second argument keys and values in one list, else beside whether there are keys. */
  previewEntries(iterator, asksForKind = false) {
    const { items, pairs } = internal.inspectEntries.remaining(iterator, internal.types.isMapIterator(iterator) ? 'Map' : 'Set');
    const entries = pairs ? items.flat() : items;
    return asksForKind ? [entries, pairs] : entries;
  },
  isInsideNodeModules: () => false,
  isArrayBufferDetached: internal.isArrayBufferDetached,
  guessHandleType: () => 'PIPE',
  parseEnv,
  sleep: (ms) => host.block(ms),
  toUSVString: (text) => String(text).toWellFormed(),
  defineLazyProperties(target, id, keys, enumerable = true) {
    for (const key of keys) {
      let value;
      let isLoaded = false;
      Object.defineProperty(target, key, {
        configurable: true,
        enumerable,
        get() {
          if (!isLoaded) {
            value = internal.nodeRequire(id)[key];
            isLoaded = true;
          }
          return value;
        },
        set(given) {
          Object.defineProperty(target, key, { value: given, writable: true, configurable: true, enumerable: true });
        },
      });
    }
  },
  WeakReference: class WeakReference {
    #target;
    constructor(target) { this.#target = target; }
    get() { return this.#target; }
    incRef() {}
    decRef() {}
  },
};
