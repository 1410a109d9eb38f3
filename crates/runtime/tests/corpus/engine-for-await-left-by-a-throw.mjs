const log = (...a) => console.log(...a);
async function* rows() { try { yield 1 } finally { await null; log('cleanup'); throw new Error('cleanup') } }
try { for await (const r of rows()) throw new Error('body'); } catch (e) { log('caught', e.message); }
let held = 0, max = 0;
async function* lock() { held++; max = Math.max(max, held); try { yield } finally { await new Promise(r => setTimeout(r, 3)); held-- } }
for (let i = 0; i < 3; i++) { try { for await (const _ of lock()) throw 1; } catch {} }
log(max);
let open = 0; function* files() { open++; try { yield Promise.reject(new Error('x')) } finally { open-- } }
try { for await (const f of files()); } catch (e) { log(e.message) } log(open);
function iter(steps) { let n = 0; return { [Symbol.asyncIterator]() { return { next() { log('next', n); const s = steps[n++]; return s instanceof Error ? Promise.reject(s) : s === 'sync' ? (() => { throw new Error('sync') })() : Promise.resolve(s) }, return(v) { log('return', arguments.length); return Promise.resolve({}) } } } } }
for (const steps of [[{ value: 1 }, new Error('rejected')], ['sync'], [{ value: 1 }, { done: true }], [{ get value() { throw new Error('getter') } }]]) {
  try { for await (const x of iter(steps)) log('x', x); log('end'); } catch (e) { log(e.message); }
}
// destructuring errors close
try { for await (const { a: { b } } of iter([{ value: {} }])) log(b); } catch (e) { log('destr', e.constructor.name); }
// nested loops, labels, break and continue out of both
outer: for await (const x of iter([{ value: 1 }, { value: 2 }])) { for await (const y of iter([{ value: 'a' }, { value: 'b' }])) { if (y === 'b') continue outer; log(x, y); if (x === 2) break outer; } }
async function f() { for await (const x of iter([{ value: 1 }])) { try { return await Promise.resolve('ret'); } finally { log('finally') } } }
log(await f());
async function g() { for await (const x of iter([{ value: 1 }])) { try { throw new Error('in'); } finally { log('finally') } } }
try { await g(); } catch (e) { log(e.message) }
// return() missing, null, throwing, not an object
for (const ret of [undefined, null, () => { throw new Error('ret threw') }, () => Promise.reject(new Error('ret rej')), () => new Promise(r => setTimeout(r, 5, {}))]) {
  const it = { [Symbol.asyncIterator]() { return { next: () => Promise.resolve({ value: 1 }), return: ret } } };
  try { for await (const x of it) throw new Error('body'); } catch (e) { log(e.message) }
  try { for await (const x of it) break; log('broke'); } catch (e) { log(e.message) }
}
async function* gen() { for await (const x of iter([{ value: 1 }, { value: 2 }])) { const got = yield x; log('got', got); } }
const it = gen(); log(await it.next()); log(await it.return('r'));
const it2 = gen(); log(await it2.next()); try { await it2.throw(new Error('thrown in')) } catch (e) { log(e.message) }
import fs from 'node:fs';
const s = fs.createReadStream(new URL(import.meta.url));
try { for await (const c of s) throw new Error('stop'); } catch { log(s.destroyed); }
const order = [];
const a = (async () => { try { for await (const x of iter([{ value: 1 }])) throw 1; } catch { order.push('caught'); } })();
for (let i = 0; i < 6; i++) { await null; order.push(i); } await a; log(order.join(' '));
function* sync() { try { yield 1; yield 2 } finally { log('sync closed') } }
try { for await (const x of sync()) throw new Error('b') } catch (e) { log(e.message) }
for await (const x of sync()) break;
async function deep(n) { for await (const x of sync()) { if (n > 0) return deep(n - 1); throw new Error('bottom'); } }
try { await deep(3); } catch (e) { log(e.message) }
