// Timers, ticks and microtasks run in the context in which they were set.
const { AsyncLocalStorage } = require('async_hooks');

const als = new AsyncLocalStorage();
const at = (where) => console.log(where, als.getStore());

for (const name of ['A', undefined, 'B']) {
  als.run(name, () => {
    setTimeout(() => {
      at('timeout');
      process.nextTick(() => at('tick in timeout'));
      queueMicrotask(() => at('microtask in timeout'));
    }, 20);
    process.nextTick(() => at('tick'));
    queueMicrotask(() => at('microtask'));
    setTimeout(() => { // far from those of the other contexts
      let left = 3;
      const interval = setInterval(() => {
        at(`interval ${left}`);
        if (left === 2) als.enterWith(`${name} entered in an interval`);
        if (--left === 0) clearInterval(interval);
      }, 5);
    }, name === undefined ? 200 : 400 * (name === 'A' ? 1 : 2));
  });
}
const refreshed = als.run('refreshed', () => setTimeout(() => at('refreshed'), 50));
als.run('elsewhere', () => refreshed.refresh());
