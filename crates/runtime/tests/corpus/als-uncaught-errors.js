// Which context handlers of errors see that nothing caught.
const { AsyncLocalStorage } = require('async_hooks');

const als = new AsyncLocalStorage();
const at = (...args) => console.log(...args, als.getStore());

process.on('uncaughtException', (error, origin) => at('uncaught', error.message, origin));
process.on('unhandledRejection', (reason) => {
  at('unhandled', reason.message);
  setImmediate(at, 'immediate of the handler');
});
process.on('rejectionHandled', () => at('handled late'));

let late;
const steps = [
  () => als.run('timer', () => setTimeout(() => { throw new Error('in a timer'); }, 1)),
  () => als.run('tick', () => process.nextTick(() => { throw new Error('in a tick'); })),
  () => als.run('microtask', () => queueMicrotask(() => { throw new Error('in a microtask'); })),
  () => als.run('immediate', () => setImmediate(() => { throw new Error('in an immediate'); })),
  () => als.run('async', async () => { await null; throw new Error('in async'); }),
  () => als.run('rejected', () => { Promise.reject(new Error('rejected')); }),
  () => als.run('then', () => { Promise.resolve().then(() => { throw new Error('in then'); }); }),
  () => { late = als.run('late', () => Promise.reject(new Error('late'))); },
  () => als.run('catcher', () => late.catch(() => at('caught late'))),
  () => als.run('outside', () => setTimeout(() => als.run('inside', () => { throw new Error('in a run in a timer'); }), 1)),
  () => als.run('step', () => { throw new Error('in a step'); }),
  () => als.run('rejects elsewhere', () => new Promise((_, reject) => als.run('elsewhere', setTimeout, reject, 1, new Error('elsewhere')))),
];
(function next() {
  const step = steps.shift();
  if (step === undefined) return;
  setTimeout(next, 40);
  step();
})();
