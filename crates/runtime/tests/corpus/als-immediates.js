// Immediates run in the context in which they were set, and so does what they leave.
const { AsyncLocalStorage } = require('async_hooks');

const als = new AsyncLocalStorage();
const at = (where) => console.log(where, als.getStore());

for (const name of ['A', undefined, 'B']) {
  als.run(name, () => {
    setImmediate(() => {
      at('immediate');
      process.nextTick(() => at('tick in immediate'));
      Promise.resolve().then(() => at('job in immediate'));
      als.enterWith(`${name} entered`);
      setImmediate(at, 'immediate in immediate');
    });
  });
}
setImmediate(at, 'immediate of none');
