const util = require('util');
const value = { a: { b: { c: { d: { e: 1 } } } }, list: [1, [2, [3, [4, [5]]]]], f() {}, s: 'text' };
console.log(util.inspect(value, { depth: 0 }), util.inspect(value, { depth: null }), util.inspect(value, false, 1));
console.log(util.inspect(value, { compact: false }));
console.log(util.inspect(value, { compact: true, breakLength: 40 }));
console.log(util.inspect(value, { breakLength: Infinity, depth: 5 }));
console.log(util.inspect({ b: 1, a: 2, c: { z: 1, y: 2 } }, { sorted: true }), util.inspect({ a: 1n, b: 'x', c: null, d: undefined, e: true, f: /x/, g: new Date(0), h: Symbol('q'), i: [1] }, { colors: true }));
console.log(util.inspect('a'.repeat(30), { maxStringLength: 5 }), util.inspect([1, 2, 3, 4], { maxArrayLength: 2 }), util.inspect(new Set([1, 2, 3]), { maxArrayLength: 1 }));
console.log(util.inspect({ get a() { return { b: 1 }; }, set c(v) {}, get d() { throw new Error('no'); } }, { getters: true }));
console.log(util.inspect([1, 2, 3], { showHidden: true }), util.inspect({ a: 1 }, { showHidden: true }), util.inspect(new Map([[1, 2]]), { showHidden: true }));
console.log(util.inspect(1234567.891, { numericSeparator: true }), util.inspect(-123456789n, { numericSeparator: true }), util.inspect(new Proxy({ a: 1 }, { get() {} }), { showProxy: true }));
class Money { constructor(n) { this.n = n; } [util.inspect.custom](depth, options, inspect) { return `Money<${inspect(this.n, options)}>`; } }
console.log(new Money(5), [new Money(6)], { m: new Money({ a: 1 }) });
console.log({ [util.inspect.custom]() { return { replaced: true }; } }, { [util.inspect.custom]: 5 }, { [util.inspect.custom](depth) { return `depth ${depth}`; }, });
console.log({ inner: { [util.inspect.custom](depth, { indentationLvl }) { return 'line 1\nline 2'; } } });
console.dir({ a: { b: { c: { d: 1 } } } }, { depth: 0 }); console.dir(new Money(1));
console.log(util.format('%s %o', 'a', [1]), util.format(1, 2), util.formatWithOptions({ depth: 0 }, '%O', { a: { b: 1 } }), util.isDeepStrictEqual({ a: [1] }, { a: [1] }));
console.log(util.inspect(new (class extends Map { constructor() { super([[1, { a: { b: { c: 1 } } }]]); this.x = 1; } })(), { depth: 1 }));
console.log(util.types.isPromise(Promise.resolve()), util.types.isDate(new Date()), util.types.isRegExp(/a/), util.types.isMap(new Map()), util.types.isProxy(new Proxy({}, {})), util.types.isAsyncFunction(async () => {}));
