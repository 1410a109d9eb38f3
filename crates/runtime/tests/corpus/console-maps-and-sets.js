console.log(new Map(), new Set(), new Map([['a', 1], ['b', { c: 2 }]]), new Set([1, 'two', { three: 3 }]));
console.log(new Map([[{ k: 1 }, new Map([['inner', new Set([1])]])]]), [new Map([[1, 2]])]);
console.log(new Map([['deep', { a: { b: { c: 1 } } }]]), new Set([[1, [2, [3, [4]]]]]));
console.log(new Map(Array.from({ length: 10 }, (_, i) => ['key' + i, i])));
console.log(new Set(Array.from({ length: 30 }, (_, i) => i)));
console.log(new Set(Array.from({ length: 105 }, (_, i) => i)).size, new WeakMap(), new WeakSet());
const m = new Map([[1, 2]]); m.extra = true; console.log(m);
class Registry extends Map {} class Tags extends Set {}
console.log(new Registry([['a', 1]]), new Tags(['x']), new Registry());
console.log({ map: new Map([['a', new Map([['b', new Map([['c', new Map()]])]])]]) });
const self = new Map(); self.set('self', self); console.log(self);
const letters = new Map([['a', 1], ['b', 2], ['c', 3]]);
console.log(letters.keys(), letters.values(), letters.entries(), letters[Symbol.iterator](), new Set([1, 'x']).values(), new Set([1]).entries(), new Map().keys());
const iterator = letters.keys(); iterator.next(); console.log(iterator, [iterator], iterator.next(), iterator, [...iterator], iterator.next());
for (const letter of (console.log(iterator), letters.keys())) console.log(letter);
