// In a script `enterWith` holds for what the main program begins.
const { AsyncLocalStorage } = require('async_hooks');

const als = new AsyncLocalStorage();
const at = (where) => console.log(where, als.getStore());
process.on('exit', () => at('exit'));
process.on('beforeExit', () => at('beforeExit'));
at('before');
setImmediate(() => at('immediate before'));
process.nextTick(() => at('tick before'));
Promise.resolve().then(() => at('then before'));
als.enterWith(1);
at('entered');
setImmediate(() => {
  at('immediate');
  setTimeout(at, 1, 'timeout');
});
process.nextTick(() => at('tick'));
Promise.resolve().then(() => at('then'));
