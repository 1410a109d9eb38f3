// `util`.

const { inspect, types } = internal;
const customPromisify = Symbol.for('nodejs.util.promisify.custom');

/** What a function of Node's library calls the several results that it has: `fs.read`'s `bytesRead` and `buffer`. */
function resultNames(original) {
  if (Object.getOwnPropertySymbols(original).length === 0) return undefined;
  return original[internal.nodeRequire('internal/util').customPromisifyArgs];
}

function promisify(original) {
  internal.validateFunction(original, 'original');
  const custom = original[customPromisify];
  if (custom) {
    internal.validateFunction(custom, 'util.promisify.custom');
    return Object.defineProperty(custom, customPromisify, { __proto__: null, value: custom, configurable: true });
  }
  const names = resultNames(original);
  function fn(...args) {
    return new Promise((resolve, reject) => {
      original.call(this, ...args, (error, ...values) => {
        if (error) reject(error);
        else if (names === undefined || values.length < 2) resolve(values[0]);
        else resolve(Object.fromEntries(names.map((name, i) => [name, values[i]])));
      });
    });
  }
  Object.setPrototypeOf(fn, Object.getPrototypeOf(original));
  Object.defineProperty(fn, customPromisify, { __proto__: null, value: fn, configurable: true });
  return Object.defineProperties(fn, Object.getOwnPropertyDescriptors(original));
}
promisify.custom = customPromisify;

function callbackify(original) {
  internal.validateFunction(original, 'original');
  function callbackified(...args) {
    const callback = args.pop();
    internal.validateFunction(callback, 'last argument');
    original.apply(this, args).then(
      (value) => internal.process.nextTick(callback.bind(this), null, value),
      (reason) => {
        if (!reason) {
          reason = internal.codedError(
            Error, 'ERR_FALSY_VALUE_REJECTION', 'Promise was rejected with falsy value', { reason });
        }
        internal.process.nextTick(callback.bind(this), reason);
      });
  }
  const descriptors = Object.getOwnPropertyDescriptors(original);
  if (typeof descriptors.length.value === 'number') descriptors.length.value++;
  if (typeof descriptors.name.value === 'string') descriptors.name.value += 'Callbackified';
  return Object.defineProperties(callbackified, descriptors);
}

function inherits(constructor, parent) {
  internal.validateFunction(constructor, 'ctor');
  internal.validateFunction(parent, 'superCtor');
  if (parent.prototype === undefined) throw internal.invalidArgType('superCtor.prototype', 'of type object', undefined);
  Object.defineProperty(constructor, 'super_', { __proto__: null, value: parent, writable: true, configurable: true });
  Object.setPrototypeOf(constructor.prototype, parent.prototype);
}

const warned = new Set();
function deprecate(fn, message, code) {
  if (code !== undefined) internal.validateString(code, 'code');
  let told = false;
  function deprecated(...args) {
    if (!told) {
      told = true;
      if (code === undefined || !warned.has(code)) {
        if (code !== undefined) warned.add(code);
        internal.process.emitWarning(message, 'DeprecationWarning', code, deprecated);
      }
    }
    if (new.target) return Reflect.construct(fn, args, new.target);
    return fn.apply(this, args);
  }
  Object.setPrototypeOf(deprecated, fn);
  if (fn.prototype) deprecated.prototype = fn.prototype;
  return deprecated;
}

const util = {
  callbackify,
  debug: () => Object.assign(() => {}, { enabled: false }),
  debuglog: () => Object.assign(() => {}, { enabled: false }),
  deprecate,
  format: internal.format,
  formatWithOptions(options, ...args) {
    internal.validateObject(options, 'inspectOptions');
    return internal.formatWithOptions(options, args);
  },
  getSystemErrorMap: () => internal.nodeBinding('uv').getErrorMap(),
  getSystemErrorName(number) {
    internal.validateNumber(number, 'err');
    if (number >= 0 || !Number.isSafeInteger(number)) throw internal.outOfRange('err', 'a negative integer', number);
    return internal.nodeBinding('uv').errname(number);
  },
  inherits,
  inspect,
  isArray: Array.isArray,
  isDeepStrictEqual(a, b) { return internal.isDeepStrictEqual(a, b); },
  promisify,
  stripVTControlCharacters(text) {
    internal.validateString(text, 'str');
    return internal.stripColors(text);
  },
  toUSVString: (text) => String(text).toWellFormed(),
  types,
};
// What few programs need is Node's own.
for (const name of [
  '_errnoException', '_exceptionWithHostPort', '_extend', 'aborted', 'getSystemErrorMap', 'getSystemErrorName', 'isBoolean', 'isBuffer', 'isDate', 'isError', 'isFunction', 'isNull',
  'isNullOrUndefined', 'isNumber', 'isObject', 'isPrimitive', 'isRegExp', 'isString', 'isSymbol', 'isUndefined', 'log',
  'MIMEParams', 'MIMEType', 'parseArgs', 'parseEnv', 'styleText', 'TextDecoder', 'TextEncoder', 'transferableAbortController',
  'transferableAbortSignal',
]) {
  if (Object.hasOwn(util, name)) continue;
  Object.defineProperty(util, name, {
    __proto__: null,
    configurable: true,
    enumerable: true,
    get: () => internal.nodeOriginal('util')[name],
    set(value) { Object.defineProperty(util, name, { __proto__: null, value, writable: true, configurable: true, enumerable: true }); },
  });
}
internal.util = util;
