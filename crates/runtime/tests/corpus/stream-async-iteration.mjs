// for await over streams, leaving early, errors, Readable.from and its kinds.
import { Readable, PassThrough, Writable, Duplex } from 'node:stream';
const log = console.log;
for await (const chunk of Readable.from(['a', Buffer.from('b'), 'c'])) log(chunk);
for await (const chunk of Readable.from('a whole string')) log(chunk);
for await (const chunk of Readable.from(Buffer.from('bytes'))) log(chunk);
for await (const chunk of Readable.from(new Set([1, Promise.resolve(2), { three: 3 }]))) log(chunk);
async function* numbers() { try { for (let i = 0; ; i++) { log('yield', i); yield i; } } finally { log('generator closed'); } }
const endless = Readable.from(numbers());
for await (const n of endless) { log('got', n); if (n === 2) break; }
log('left', endless.destroyed);
const kept = Readable.from([1, 2, 3]);
for await (const n of kept.iterator({ destroyOnReturn: false })) { log('first', n); break; }
log('kept', kept.destroyed);
for await (const n of kept) log('rest', n);
const failing = new Readable({ read() { this.push('x'); this.destroy(new Error('broken')); } });
try { for await (const chunk of failing) log(String(chunk)); } catch (error) { log('caught', error.message); }
const throwing = Readable.from((async function* () { yield 1; throw new Error('from the generator'); })());
try { for await (const n of throwing) log(n); } catch (error) { log('caught', error.message); }
const cut = new PassThrough(); cut.write('half'); setImmediate(() => cut.destroy());
try { for await (const chunk of cut) log(String(chunk)); } catch (error) { log('caught', error.code, error.message); }
const iterator = Readable.from([1, 2])[Symbol.asyncIterator]();
log(await iterator.next(), await iterator.next(), await iterator.next(), await iterator.next());
const racing = Readable.from([1, 2, 3])[Symbol.asyncIterator]();
log(await Promise.all([racing.next(), racing.next(), racing.next(), racing.next()]));
try { Readable.from(null); } catch (error) { log(error.code, error.message); }
for (const kind of [Duplex.from('abc'), Duplex.from(async function* (source) { for await (const c of source) yield String(c).toUpperCase(); }), Duplex.from(Promise.resolve('p')), Duplex.from({ readable: Readable.from(['r']), writable: new Writable({ write(c, e, cb) { log('w', String(c)); cb(); } }) })]) {
  if (kind.writable) kind.end('in');
  for await (const chunk of kind) log('duplex', String(chunk));
}
