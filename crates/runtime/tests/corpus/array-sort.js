// Sorting with comparators, those that contradict themselves among them: the order that comes out, and the order
// in which pairs are compared.
let state = 7;
function below(n) {
  state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
  return (state >> 12) % n;
}

let hash;
function feed(value) {
  for (const character of String(value)) hash = (Math.imul(hash, 31) + character.charCodeAt(0)) | 0;
}

const COMPARATORS = {
  ascending: (a, b) => a - b,
  descending: (a, b) => b - a,
  boolean: (a, b) => a > b,
  'one-sided': (a, b) => a < b,
  'never equal': (a, b) => (a < b ? -1 : 1),
  'always after': () => 1,
  'always before': () => -1,
  'not a number': () => NaN,
  nothing: () => undefined,
  text: (a, b) => (String(a) < String(b) ? '-1' : '1'),
  random: () => below(3) - 1,
  unreliable: (a, b) => (below(20) ? a - b : b - a),
};
const ELEMENTS = [
  () => below(1000),
  () => below(5),
  (i) => i,
  (i) => -i,
  (i) => (i % 20 ? i : below(1000)),
  (i, length) => (i < length / 2 ? i : i - length / 2),
  (i) => (Math.floor(i / 40) % 2 ? i : -i),
];
for (const length of [0, 1, 2, 3, 10, 33, 64, 65, 200, 500]) {
  for (const element of ELEMENTS) {
    const array = Array.from({ length }, (_, i) => element(i, length));
    const results = Object.values(COMPARATORS).map((comparator) => {
      hash = 0;
      const compare = (a, b) => {
        feed(`${a},${b};`);
        return comparator(a, b);
      };
      feed(array.toSorted(compare));
      feed(array.slice().sort(compare));
      feed(Int32Array.from(array).sort(compare));
      feed(Int32Array.from(array).toSorted(compare));
      return hash;
    });
    console.log(length, String(element), ...results);
  }
}

function tell(make) {
  try {
    console.log(make());
  } catch (error) {
    console.log(error.name, error.message);
  }
}
tell(() => [3, 1, 2].sort(5));
tell(() => [3, 1, 2].toSorted(null));
tell(() => new Uint8Array([3, 1]).sort({}));
tell(() => [3, , undefined, 1, , 2].sort((a, b) => a - b));
tell(() => [3, , undefined, 1, , 2].toSorted((a, b) => a - b));
tell(() => Array.prototype.sort.call({ length: 3, 0: 'c', 2: 'a' }, (a, b) => (a < b ? -1 : 1)));
tell(() => Array.prototype.toSorted.call({ length: 3, 0: 'c', 2: 'a' }, (a, b) => (a < b ? -1 : 1)));
tell(() => Array.prototype.sort.call(null, () => 0));
tell(() => Array.prototype.toSorted.call({ length: 2 ** 32 }, () => 0));
tell(() => Object.freeze([2, 1]).sort((a, b) => a - b));
tell(() => [2, 1].sort(() => 1n));
tell(() => [2, 1].sort(() => Symbol('one')));
tell(() => [1, 2, 3].sort(() => ({ valueOf: () => -1 })));
tell(() => {
  const array = [5, 4, 3, 2, 1];
  return array.sort((a, b) => {
    array.length = 2;
    return a - b;
  });
});
tell(() => {
  const array = [5, 4, 3];
  array.sort((a, b) => {
    array.push(0);
    return a - b;
  });
  return array;
});
tell(() => {
  const array = [2, 1];
  try {
    array.sort(() => { throw new Error('no order'); });
  } catch (error) {
    console.log(error.message, array);
  }
  return [Array.prototype.sort.name, Array.prototype.sort.length, Array.prototype.toSorted.name, Array.prototype.toSorted.length];
});
tell(() => {
  const proxy = new Proxy([3, , 1], {
    get(target, key) { console.log('get', key); return target[key]; },
    has(target, key) { console.log('has', key); return key in target; },
    set(target, key, value) { console.log('set', key, value); target[key] = value; return true; },
    deleteProperty(target, key) { console.log('delete', key); return delete target[key]; },
  });
  proxy.sort((a, b) => a - b);
  return proxy.toSorted((a, b) => b - a);
});
tell(() => new Float64Array([3, NaN, -0, 0, 1]).sort((a, b) => a < b));
tell(() => new BigInt64Array([3n, 1n, 2n]).sort((a, b) => (a < b ? -1 : 1)));
for (const sort of [
  () => [1, 2].sort(function order() { throw new Error('within'); }),
  () => [1, 2].sort('by name'),
]) {
  try {
    sort();
  } catch (error) {
    console.log(error.stack.split('\n').slice(0, 3).join('\n'));
  }
}
