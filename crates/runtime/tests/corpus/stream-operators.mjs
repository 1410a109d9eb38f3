// map, filter, take and the other operators; compose.
import { Readable, Transform, compose } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
const of = (...items) => Readable.from(items);
const log = console.log;
log(await of(1, 2, 3).map((x) => x * 2).toArray(), await of(1, 2, 3, 4).filter((x) => x % 2).toArray(), await of(1, 2, 3).take(2).toArray(), await of(1, 2, 3).drop(1).toArray());
log(await of(1, 2).flatMap((x) => [x, x * 10]).toArray(), await of(1, 2, 3).reduce((a, b) => a + b), await of(1, 2, 3).reduce((a, b) => a + b, 10), await of().toArray());
log(await of(1, 2).some((x) => x > 1), await of(1, 2).every((x) => x > 1), await of(1, 2, 3).find((x) => x > 1), await of(5, 6).asIndexedPairs?.().toArray());
await of('a', 'b').forEach((x) => log('each', x));
let running = 0; let most = 0;
log(await of(3, 1, 2).map(async (ms) => { running++; most = Math.max(most, running); await sleep(ms * 10); running--; return ms; }, { concurrency: 2 }).toArray(), most);
try { await of(1).map(() => { throw new Error('mapper'); }).toArray(); } catch (error) { log(error.message); }
try { await of().reduce((a, b) => a + b); } catch (error) { log(error.name, error.code, error.message); }
for (const wrong of [() => of(1).map(5), () => of(1).take(-1), () => of(1).map((x) => x, { concurrency: 0 }), () => of(1).forEach(5)]) {
  try { await wrong(); log('nothing'); } catch (error) { log(error.name, error.code, error.message); }
}
const controller = new AbortController();
const aborted = of(1, 2).map(async (x, { signal }) => { await sleep(100, undefined, { signal }); return x; }, { signal: controller.signal }).toArray();
controller.abort();
try { await aborted; } catch (error) { log(error.name, error.code); }
const upper = new Transform({ objectMode: true, transform(chunk, e, callback) { callback(null, String(chunk).toUpperCase()); } });
const composed = compose(upper, async function* (source) { for await (const chunk of source) yield `${chunk}!`; });
composed.end('hey');
for await (const chunk of composed) log(String(chunk));
log(await of('x', 'y').compose(async function* (source) { for await (const c of source) yield c + c; }).toArray());
