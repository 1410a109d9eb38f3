// Following promises changes no order: of ticks, jobs, awaits and reactions that were registered before
// and behind each other.
import { AsyncLocalStorage } from 'node:async_hooks';

const als = new AsyncLocalStorage();
const log = [];
let settle;
const shared = new Promise((resolve) => { settle = resolve; });
const waiting = [];
for (let i = 0; i < 4; i++) {
  als.run(i, () => {
    waiting.push((async () => {
      await shared;
      log.push(`await ${i} in ${als.getStore()}`);
      await null;
      log.push(`second ${i}`);
      await shared;
      log.push(`third ${i} in ${als.getStore()}`);
    })());
    shared.then(() => log.push(`then ${i} in ${als.getStore()}`)).then(() => log.push(`then of then ${i}`));
    shared.finally(() => log.push(`finally ${i}`)).then(() => log.push(`then of finally ${i}`));
    queueMicrotask(() => log.push(`microtask ${i}`));
    process.nextTick(() => log.push(`tick ${i}`));
    (async () => { for await (const x of [1, shared, { then(r) { log.push(`thenable ${i}`); r(); } }]) log.push(`loop ${i} ${typeof x}`); })();
    (async () => { await (async () => shared)(); log.push(`returned ${i}`); })();
    Promise.all([shared, 1]).then(() => log.push(`all ${i}`));
    Promise.race([shared, new Promise(() => {})]).then(() => log.push(`race ${i}`));
    new Promise((resolve) => resolve(shared)).then(() => log.push(`adopted ${i}`));
  });
}
setTimeout(() => { log.push('settles'); settle(); Promise.resolve().then(() => log.push('last')); }, 1);
await Promise.all(waiting);
await new Promise((resolve) => setTimeout(resolve, 1));
console.log(log.join('\n'));
