// Deep equality, strict (`isDeepStrictEqual`) and loose, as `assert` and `util` compare.

const { types, classOf } = internal;
const { hasOwn, getPrototypeOf } = Object;
const isEnumerable = (object, key) => Object.prototype.propertyIsEnumerable.call(object, key);
const isObject = (value) => typeof value === 'object' && value !== null;
const bytes = (view) => new Uint8Array(view.buffer ?? view, view.byteOffset ?? 0, view.byteLength);

/** Kinds that must be of the same kind on both sides, whatever their tags say. */
const KINDS = [
  Array.isArray, types.isArrayBufferView, types.isSet, types.isMap, types.isDate, types.isRegExp, types.isAnyArrayBuffer,
  types.isBoxedPrimitive, internal.isError,
];

function deepEqual(a, b, strict, memo) {
  if (a === b) return a !== 0 || Object.is(a, b) || !strict;
  if (strict) {
    if (typeof a === 'number') return Number.isNaN(a) && Number.isNaN(b);
    if (!isObject(a) || !isObject(b) || getPrototypeOf(a) !== getPrototypeOf(b)) return false;
  } else {
    // eslint-disable-next-line eqeqeq
    if (!isObject(a)) return !isObject(b) && (a == b || (Number.isNaN(a) && Number.isNaN(b)));
    if (!isObject(b)) return false;
  }
  if (classOf(a) !== classOf(b)) return false;
  for (const is of KINDS) if (is(a) !== is(b)) return false;

  if (Array.isArray(a)) {
    if (a.length !== b.length) return false;
    return equalParts(a, b, strict, memo, 'array');
  }
  if (types.isDate(a)) {
    if (a.getTime() !== b.getTime()) return false;
  } else if (types.isRegExp(a)) {
    if (a.source !== b.source || a.flags !== b.flags || a.lastIndex !== b.lastIndex) return false;
  } else if (types.isArrayBufferView(a)) {
    if (internal.typedArrayTag(a) !== internal.typedArrayTag(b) || a.byteLength !== b.byteLength) return false;
    const floats = !strict && (types.isFloat32Array(a) || types.isFloat64Array(a));
    const [left, right] = floats ? [a, b] : [bytes(a), bytes(b)];
    for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) return false;
    return equalParts(a, b, strict, memo, 'array', []);
  } else if (types.isSet(a)) {
    if (a.size !== b.size) return false;
    return equalParts(a, b, strict, memo, 'set');
  } else if (types.isMap(a)) {
    if (a.size !== b.size) return false;
    return equalParts(a, b, strict, memo, 'map');
  } else if (types.isAnyArrayBuffer(a)) {
    const [left, right] = [bytes(a), bytes(b)];
    if (left.length !== right.length || left.some((byte, i) => byte !== right[i])) return false;
  } else if (internal.isError(a)) {
    // The stack may differ; what is enumerable is compared below.
    for (const name of ['message', 'name', 'cause', 'errors']) {
      const enumerable = isEnumerable(a, name);
      if (enumerable !== isEnumerable(b, name)) return false;
      if (!enumerable && !deepEqual(a[name], b[name], strict, memo)) return false;
    }
  } else if (types.isBoxedPrimitive(a)) {
    if (!Object.is(a.valueOf(), b.valueOf())) return false;
  }
  return equalParts(a, b, strict, memo, 'object');
}

function ownKeys(value, kind, strict) {
  const keys = kind === 'array'
    ? Object.keys(value).filter((key) => !/^(0|[1-9]\d*)$/.test(key))
    : Object.keys(value);
  if (strict) for (const symbol of Object.getOwnPropertySymbols(value)) if (isEnumerable(value, symbol)) keys.push(symbol);
  return keys;
}

function equalParts(a, b, strict, memo, kind) {
  const keys = ownKeys(a, kind, strict);
  if (keys.length !== ownKeys(b, kind, strict).length) return false;
  for (const key of keys) if (!isEnumerable(b, key)) return false;

  // A pair that is already being compared further up is equal as far as this path can tell.
  memo ??= new Map();
  const under = memo.get(a);
  if (under?.has(b)) return true;
  if (under === undefined) memo.set(a, new Set([b]));
  else under.add(b);
  const equal = equalContents(a, b, strict, memo, kind, keys);
  memo.get(a).delete(b);
  return equal;
}

function equalContents(a, b, strict, memo, kind, keys) {
  for (const key of keys) if (!deepEqual(a[key], b[key], strict, memo)) return false;
  if (kind === 'array' && Array.isArray(a)) {
    for (let i = 0; i < a.length; i++) {
      if (hasOwn(a, i) !== hasOwn(b, i)) return false;
      if (hasOwn(a, i) && !deepEqual(a[i], b[i], strict, memo)) return false;
    }
  } else if (kind === 'set') {
    return equalUnordered(
      [...a].filter((item) => !b.has(item)), [...b].filter((item) => !a.has(item)),
      (left, right) => comparable(left, right, strict) && deepEqual(left, right, strict, memo));
  } else if (kind === 'map') {
    const same = (map, key, item) => !isObject(key) && map.has(key) && deepEqual(item, map.get(key), strict, memo);
    return equalUnordered(
      [...a].filter(([key, item]) => !same(b, key, item)), [...b].filter(([key, item]) => !same(a, key, item)),
      ([key1, item1], [key2, item2]) => comparable(key1, key2, strict) &&
        deepEqual(key1, key2, strict, memo) && deepEqual(item1, item2, strict, memo));
  }
  return true;
}

/** Primitives of a set or map that are not in the other one can match only loosely. */
const comparable = (left, right, strict) => !strict || (isObject(left) && isObject(right));

function equalUnordered(left, right, equal) {
  if (left.length !== right.length) return false;
  for (const item of left) {
    const at = right.findIndex((other) => equal(item, other));
    if (at === -1) return false;
    right.splice(at, 1);
  }
  return true;
}

internal.isDeepStrictEqual = (a, b) => deepEqual(a, b, true);
internal.isDeepEqual = (a, b) => deepEqual(a, b, false);
