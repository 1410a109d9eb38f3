// `util.types`: what a value really is, whatever it claims.

const { Object } = internal.intrinsics;
const { getPrototypeOf } = Object;
const classOf = (value) => Object.prototype.toString.call(value).slice(8, -1);
const getter = (Class, name) => internal.ownDescriptor(Class.prototype, name).get;

const plain = getPrototypeOf({});

/** Whether an object's prototypes end in that of plain objects. */
function isPlainAtRoot(value) {
  let root = value;
  for (let next = getPrototypeOf(root); next !== null; next = getPrototypeOf(root)) root = next;
  return root === plain;
}

/** A test of an internal slot: `probe` throws where it is missing. Most objects are ruled out by
    their prototype first, since throwing is slow. */
function slot(Class, probe) {
  return (value) => {
    if (typeof value !== 'object' || value === null) return false;
    if (!(value instanceof Class) && isPlainAtRoot(value)) return false;
    try {
      probe(value);
      return true;
    } catch {
      return false;
    }
  };
}

const mapSize = getter(Map, 'size');
const setSize = getter(Set, 'size');
const bufferLength = getter(ArrayBuffer, 'byteLength');
const TypedArray = getPrototypeOf(Uint8Array);
const typedArrayTag = Object.getOwnPropertyDescriptor(TypedArray.prototype, Symbol.toStringTag).get;
const { getTime } = internal.intrinsics.Date.prototype;
const regExpSource = getter(RegExp, 'source');
const viewLength = getter(DataView, 'byteLength');
const functionTag = (fn) => (typeof fn === 'function' ? classOf(fn) : '');

const types = {
  isMap: slot(Map, (value) => mapSize.call(value)),
  isSet: slot(Set, (value) => setSize.call(value)),
  isWeakMap: slot(WeakMap, (value) => WeakMap.prototype.has.call(value, {})),
  isWeakSet: slot(WeakSet, (value) => WeakSet.prototype.has.call(value, {})),
  isDate: slot(Date, (value) => getTime.call(value)),
  isRegExp: slot(RegExp, (value) => {
    if (value === RegExp.prototype) throw value;
    regExpSource.call(value);
  }),
  isArrayBuffer: slot(ArrayBuffer, (value) => bufferLength.call(value)),
  isSharedArrayBuffer: slot(SharedArrayBuffer, (value) => getter(SharedArrayBuffer, 'byteLength').call(value)),
  isAnyArrayBuffer: (value) => types.isArrayBuffer(value) || types.isSharedArrayBuffer(value),
  isDataView: slot(DataView, (value) => viewLength.call(value)),
  isTypedArray: (value) => typedArrayTag.call(value) !== undefined,
  isArrayBufferView: (value) => ArrayBuffer.isView(value),
  isPromise: (value) => value instanceof Promise && host.promiseState(value).length > 0,
  isNativeError: (value) => internal.isNativeError(value),
  isProxy: (value) => internal.proxyParts(value) !== undefined,
  isMapIterator: (value) => classOf(value) === 'Map Iterator',
  isSetIterator: (value) => classOf(value) === 'Set Iterator',
  isGeneratorObject: (value) => ['Generator', 'AsyncGenerator'].includes(classOf(value)),
  isAsyncFunction: (value) => ['AsyncFunction', 'AsyncGeneratorFunction'].includes(functionTag(value)),
  isGeneratorFunction: (value) => ['GeneratorFunction', 'AsyncGeneratorFunction'].includes(functionTag(value)),
  isArgumentsObject: (value) => classOf(value) === 'Arguments' && value?.[Symbol.toStringTag] === undefined,
  isNumberObject: slot(Number, (value) => Number.prototype.valueOf.call(value)),
  isStringObject: slot(String, (value) => String.prototype.valueOf.call(value)),
  isBooleanObject: slot(Boolean, (value) => Boolean.prototype.valueOf.call(value)),
  isBigIntObject: slot(BigInt, (value) => BigInt.prototype.valueOf.call(value)),
  isSymbolObject: slot(Symbol, (value) => Symbol.prototype.valueOf.call(value)),
  isBoxedPrimitive: (value) =>
    types.isNumberObject(value) || types.isStringObject(value) || types.isBooleanObject(value) ||
    types.isBigIntObject(value) || types.isSymbolObject(value),
  isModuleNamespaceObject: (value) =>
    typeof value === 'object' && value !== null && getPrototypeOf(value) === null && classOf(value) === 'Module',
  isExternal: () => false,
  isKeyObject: () => false,
  isCryptoKey: () => false,
};
for (const Class of [
  Uint8Array, Uint8ClampedArray, Uint16Array, Uint32Array, Int8Array, Int16Array, Int32Array,
  Float32Array, Float64Array, BigInt64Array, BigUint64Array,
]) {
  types[`is${Class.name}`] = (value) => typedArrayTag.call(value) === Class.name;
}

internal.types = types;
internal.classOf = classOf;
internal.typedArrayTag = (value) => typedArrayTag.call(value);
internal.isError = (value) => types.isNativeError(value) || value instanceof Error;
