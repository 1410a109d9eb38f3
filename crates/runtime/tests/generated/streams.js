// Streams put together at random, with everything that they do in its order.
let state = Number(process.argv[2]);
const rnd = (n) => { state = (state * 1103515245 + 12345) % 2147483648; return Math.floor(state / 65536) % n; };
const pick = (list) => list[rnd(list.length)];
const { Readable, Writable, Transform, PassThrough, Duplex, pipeline, finished } = require('stream');
const later = (fn) => { const k = rnd(4); if (k === 0) fn(); else if (k === 1) process.nextTick(fn); else if (k === 2) Promise.resolve().then(fn); else setImmediate(fn); };
let id = 0;
function watch(name, s) { for (const e of ['data', 'end', 'finish', 'close', 'error', 'drain', 'pause', 'resume', 'readable', 'pipe', 'unpipe']) if ((e !== 'data' && e !== 'readable') || false) s.on(e, (x) => console.log(name, e, x instanceof Error ? x.code || x.message : '')); return s; }
function src() { const n = 'R' + ++id; let left = 1 + rnd(6); const failAt = rnd(8) === 0 ? rnd(4) : -1; return watch(n, new Readable({ highWaterMark: 1 + rnd(6), objectMode: rnd(3) === 0, encoding: pick([undefined, undefined, 'utf8', 'hex']), autoDestroy: rnd(6) !== 0, read() { later(() => { console.log(n, 'read', left); if (left === failAt) this.destroy(new Error('src')); else if (left-- > 0) this.push('x'.repeat(1 + rnd(4))); else this.push(null); }); } })); }
function mid() { const n = 'T' + ++id; const fail = rnd(10) === 0; if (rnd(3) === 0) return watch(n, new PassThrough({ highWaterMark: 1 + rnd(5) })); return watch(n, new Transform({ highWaterMark: 1 + rnd(5), transform(c, e, cb) { later(() => { console.log(n, 'tr', String(c)); if (fail) cb(new Error('tr')); else if (rnd(4) === 0) { this.push(c); cb(null, '+'); } else cb(null, c); }); }, flush(cb) { later(() => cb(null, rnd(2) ? 'F' : undefined)); } })); }
function dst() { const n = 'W' + ++id; const fail = rnd(10) === 0; const o = { highWaterMark: 1 + rnd(5), decodeStrings: rnd(2) === 0, emitClose: rnd(5) !== 0, write(c, e, cb) { later(() => { console.log(n, 'w', String(c)); cb(fail ? new Error('w') : null); }); } }; if (rnd(3) === 0) o.writev = function (cs, cb) { later(() => { console.log(n, 'wv', cs.map((c) => String(c.chunk)).join()); cb(); }); }; if (rnd(2)) o.final = (cb) => later(() => { console.log(n, 'final'); cb(); }); if (rnd(3) === 0) o.destroy = (e, cb) => later(() => { console.log(n, 'destroy', e && e.message); cb(e); }); return watch(n, new Writable(o)); }
for (let i = 0; i < 6; i++) {
  const k = rnd(7);
  if (k === 0) pipeline(src(), mid(), dst(), (e) => console.log('pipe', i, e && (e.code || e.message)));
  else if (k === 1) { const s = src(); s.pipe(mid()).pipe(dst()); }
  else if (k === 2) { const s = src(); (async () => { try { let n = 0; for await (const c of s) { console.log('it', i, String(c)); if (rnd(3) === 0) await null; if (++n === 3 && rnd(2)) break; } } catch (e) { console.log('it err', e.code || e.message); } console.log('it done', i); })(); }
  else if (k === 3) { const w = dst(); for (let j = 0; j < 5; j++) later(() => { if (!w.destroyed && !w.writableEnded) console.log('ret', i, w.write('abc'.slice(rnd(3)), (e) => console.log('cb', i, j, e && (e.code || e.message)))); }); setImmediate(() => w.end('z')); }
  else if (k === 4) pipeline(src(), async function* (s) { for await (const c of s) { yield c; if (rnd(3) === 0) yield '!'; } }, dst(), (e) => console.log('gen', i, e && (e.code || e.message)));
  else if (k === 5) { const s = src(); s.on('readable', () => { let c; while ((c = s.read(rnd(2) ? undefined : 1 + rnd(3))) !== null) console.log('rd', i, String(c)); }); finished(s, (e) => console.log('fin', i, e && (e.code || e.message))); }
  else { const s = src(); s.on('data', (c) => { console.log('dt', i, String(c)); if (rnd(3) === 0) { s.pause(); later(() => s.resume()); } }); if (rnd(3) === 0) setImmediate(() => s.destroy()); }
}
process.on('uncaughtException', (e) => console.log('uncaught', e.code || e.message));
