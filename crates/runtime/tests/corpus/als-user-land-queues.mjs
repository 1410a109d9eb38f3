// What a queue shared by requests loses, and how it is kept: as in pools of connections.
import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import { EventEmitter, on, once } from 'node:events';

const als = new AsyncLocalStorage();
const log = (...args) => console.log(...args, als.getStore());
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

class Pool {
  #waiting = [];
  #busy = false;
  query(text, callback) { this.#waiting.push({ text, callback }); this.#next(); }
  #next() {
    if (this.#busy || this.#waiting.length === 0) return;
    this.#busy = true;
    const { text, callback } = this.#waiting.shift();
    setTimeout(() => { this.#busy = false; callback(text.toUpperCase()); this.#next(); }, 1);
  }
}
const pool = new Pool();
const all = [];
for (const name of ['one', 'two', 'three']) {
  als.run(name, () => {
    pool.query(`${name} lost`, log);
    pool.query(`${name} bound`, AsyncResource.bind(log));
    all.push(new Promise((resolve) => pool.query(`${name} promised`, resolve)).then(log));
    all.push((async () => log(await new Promise((resolve) => pool.query(`${name} awaited`, resolve))))());
  });
}
await Promise.all(all);

let batch = null;
const load = (key) => {
  if (batch === null) {
    batch = [];
    process.nextTick(() => { const now = batch; batch = null; log('batch', now.length); for (const { k, resolve } of now) resolve(k * 2); });
  }
  return new Promise((resolve) => batch.push({ k: key, resolve }));
};
await Promise.all([1, 2, 3].map((key) => als.run(`loader ${key}`, async () => log('loaded', await load(key)))));

const emitter = new EventEmitter();
const consumer = als.run('consumer', async () => {
  for await (const [event] of on(emitter, 'event')) {
    log('event', event);
    if (event === 2) break;
  }
});
als.run('producer', () => { emitter.emit('event', 1); setTimeout(() => emitter.emit('event', 2), 1); });
await consumer;
const first = als.run('once', async () => { await once(emitter, 'ready'); log('ready'); });
als.run('readier', () => emitter.emit('ready'));
await first;
const mutex = { tail: Promise.resolve() };
const locked = (work) => (mutex.tail = mutex.tail.then(work));
await Promise.all(['x', 'y'].map((name) => als.run(name, () => locked(async () => { log('locked'); await sleep(1); log('unlocks'); }))));
