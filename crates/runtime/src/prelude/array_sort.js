// `sort` and `toSorted`. What a comparator that contradicts itself makes of an array is up to the engine, and
// programs have such (`(a, b) => a > b`); with a comparator they sort as V8 does.

const { getOwnPropertyDescriptor } = Object;
const TypedArray = Object.getPrototypeOf(Uint8Array);
const typedTag = getOwnPropertyDescriptor(TypedArray.prototype, Symbol.toStringTag).get;
const typedLength = getOwnPropertyDescriptor(TypedArray.prototype, 'length').get;
const { apply, deleteProperty } = Reflect;
const { sort: sortNative, toSorted: toSortedNative } = Array.prototype;
const { sort: sortTypedNative, toSorted: toSortedTypedNative } = TypedArray.prototype;
const { trunc, min, max } = Math;
const toText = Object.prototype.toString;

function checkComparator(compare) {
  if (compare !== undefined && typeof compare !== 'function') {
    throw new TypeError('The comparison function must be either a function or undefined');
  }
}

/** As `ToLength` has it. */
function lengthOf(object) {
  const length = trunc(+object.length) || 0;
  return min(max(length, 0), 2 ** 53 - 1);
}

const methods = {
  sort(compare) {
    checkComparator(compare);
    if (compare === undefined || this === undefined || this === null) return apply(sortNative, this, [compare]);
    const object = Object(this);
    const length = lengthOf(object);
    if (length < 2) return object;
    const work = [];
    let undefineds = 0;
    for (let i = 0; i < length; i++) {
      if (!(i in object)) continue;
      const value = object[i];
      if (value === undefined) undefineds++;
      else work[work.length] = value;
    }
    internal.timSort(work, compare);
    const sorted = work.length;
    for (let i = 0; i < sorted; i++) object[i] = work[i];
    for (let i = sorted; i < sorted + undefineds; i++) object[i] = undefined;
    for (let i = sorted + undefineds; i < length; i++) {
      if (!deleteProperty(object, i)) throw new TypeError(`Cannot delete property '${i}' of ${apply(toText, object, [])}`);
    }
    return object;
  },

  toSorted(compare) {
    checkComparator(compare);
    if (compare === undefined || this === undefined || this === null) return apply(toSortedNative, this, [compare]);
    const object = Object(this);
    const length = lengthOf(object);
    if (length > 2 ** 32 - 1) throw new RangeError('Invalid array length');
    const work = [];
    for (let i = 0; i < length; i++) {
      const value = object[i];
      if (value !== undefined) work[work.length] = value;
    }
    internal.timSort(work, compare);
    while (work.length < length) work[work.length] = undefined;
    return work;
  },
};

function sortNumbers(array, compare) {
  const length = apply(typedLength, array, []);
  const work = [];
  for (let i = 0; i < length; i++) work[i] = array[i];
  internal.mergeSort(work, compare);
  for (let i = 0; i < length; i++) array[i] = work[i];
  return array;
}

const typedMethods = {
  sort(compare) {
    checkComparator(compare);
    if (compare === undefined || apply(typedTag, this, []) === undefined) return apply(sortTypedNative, this, [compare]);
    return sortNumbers(this, compare);
  },

  toSorted(compare) {
    checkComparator(compare);
    const copy = apply(toSortedTypedNative, this, []);
    if (compare === undefined) return copy;
    const length = apply(typedLength, this, []);
    for (let i = 0; i < length; i++) copy[i] = this[i];
    return sortNumbers(copy, compare);
  },
};

for (const name of ['sort', 'toSorted']) {
  internal.hidden(Array.prototype, name, methods[name]);
  internal.hidden(TypedArray.prototype, name, typedMethods[name]);
}
