// `structuredClone`: a deep copy of data.

const { types } = internal;
const ERRORS = new Set(['EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError', 'URIError']);

function refuse(value) {
  const shown = typeof value === 'function' ? Function.prototype.toString.call(value)
    : typeof value === 'symbol' ? Symbol.prototype.toString.call(value) : `#<${value.constructor?.name ?? 'Object'}>`;
  throw new DOMException(`${shown} could not be cloned.`, 'DataCloneError');
}

/** Blobs never change, so that their bytes are shared. */
const isBlob = (value) => value.constructor?.name === 'Blob' && value instanceof internal.nodeRequire('buffer').Blob;

function clone(value, seen) {
  if (typeof value === 'function' || typeof value === 'symbol') refuse(value);
  if (typeof value !== 'object' || value === null) return value;
  const known = seen.get(value);
  if (known !== undefined) return known;
  const keep = (copy) => { seen.set(value, copy); return copy; };

  if (Array.isArray(value)) {
    const copy = keep(new Array(value.length));
    for (const key of Object.keys(value)) copy[key] = clone(value[key], seen);
    return copy;
  }
  if (types.isMap(value)) {
    const copy = keep(new Map());
    for (const [key, item] of [...Map.prototype.entries.call(value)]) copy.set(clone(key, seen), clone(item, seen));
    return copy;
  }
  if (types.isSet(value)) {
    const copy = keep(new Set());
    for (const item of [...Set.prototype.values.call(value)]) copy.add(clone(item, seen));
    return copy;
  }
  if (types.isDate(value)) return keep(new Date(Date.prototype.getTime.call(value)));
  if (types.isRegExp(value)) return keep(new RegExp(value.source, value.flags));
  if (types.isBoxedPrimitive(value)) {
    if (types.isSymbolObject(value)) refuse(value);
    return keep(Object(value.valueOf()));
  }
  if (types.isArrayBuffer(value)) return keep(value.slice(0));
  if (types.isTypedArray(value)) {
    const copy = new globalThis[internal.typedArrayTag(value)](clone(value.buffer, seen), value.byteOffset, value.length);
    return keep(copy);
  }
  if (isBlob(value)) return keep(value.slice(0, value.size, value.type));
  if (types.isDataView(value)) return keep(new DataView(clone(value.buffer, seen), value.byteOffset, value.byteLength));
  if (internal.isError(value)) {
    const Class = ERRORS.has(value.name) ? globalThis[value.name] : Error;
    const copy = keep(Object.create(Class.prototype));
    const made = new Class();
    seen.set(value, made);
    if (Object.hasOwn(value, 'message')) internal.hidden(made, 'message', String(value.message));
    internal.hidden(made, 'stack', value.stack);
    if (Object.hasOwn(value, 'cause')) internal.hidden(made, 'cause', clone(value.cause, seen));
    return copy === undefined ? copy : made;
  }
  if (types.isPromise(value) || types.isWeakMap(value) || types.isWeakSet(value) || value instanceof WeakRef ||
      types.isGeneratorObject(value) || internal.proxyParts(value) !== undefined) {
    refuse(value);
  }
  const copy = keep({});
  for (const key of Object.keys(value)) copy[key] = clone(value[key], seen);
  return copy;
}

internal.structuredClone = function structuredClone(value, options) {
  if (arguments.length === 0) throw internal.codedError(TypeError, 'ERR_MISSING_ARGS', 'The value argument must be specified');
  const isObject = (some) => typeof some === 'object' && some !== null;
  if (options !== undefined && options !== null && !isObject(options)) {
    throw internal.codedError(TypeError, 'ERR_INVALID_ARG_TYPE', 'The options argument must be either an object or undefined');
  }
  const list = options?.transfer ?? [];
  if (!isObject(list)) {
    throw internal.codedError(TypeError, 'ERR_INVALID_ARG_TYPE', 'Optional transferList argument must be an iterable');
  }
  const seen = new Map();
  const transfer = typeof list[Symbol.iterator] === 'function' ? [...list] : [];
  for (const buffer of transfer) {
    if (!isObject(buffer)) throw internal.codedError(TypeError, 'ERR_INVALID_TRANSFER_OBJECT', 'Found invalid object in transferList');
    if (!types.isArrayBuffer(buffer)) throw internal.refuse(`structuredClone with ${internal.classOf(buffer)} in transfer`);
    if (seen.has(buffer)) throw new DOMException('Transfer list contains duplicate ArrayBuffer', 'DataCloneError');
    if (internal.isArrayBufferDetached(buffer)) continue;
    seen.set(buffer, buffer.slice(0));
  }
  const copy = clone(value, seen);
  for (const buffer of seen.keys()) if (transfer.includes(buffer)) internal.transferArrayBuffer(buffer); // what held it holds nothing now
  return copy;
};
