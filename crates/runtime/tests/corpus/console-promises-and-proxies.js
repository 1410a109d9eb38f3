console.log(Promise.resolve(1), Promise.resolve({ a: { b: { c: 1 } } }), new Promise(() => {}), (async () => 'x')());
const rejected = Promise.reject(new Error('r')); rejected.catch(() => {}); const text = Promise.reject('text'); text.catch(() => {});
console.log([text], { p: Promise.resolve([1, 2]) });
class Mine extends Promise {} console.log(Mine.resolve(5), (async () => {})());
const revocable = Proxy.revocable({}, {}); revocable.revoke(); console.log(revocable.proxy);
console.log(function* () {}(), (async function* () {})(), [][Symbol.iterator](), 'a'[Symbol.iterator](), 'a'.matchAll(/a/g));
console.log(new WeakRef({ a: 1 }) instanceof WeakRef, Symbol('x').description, new (class Foo { get [Symbol.toStringTag]() { return 'bar'; } })());
