// Who only looks at a promise's constructor does not handle its rejection.
const { AsyncLocalStorage } = require('async_hooks');
const als = new AsyncLocalStorage();
process.on('unhandledRejection', (reason) => console.log('unhandled', reason.message, als.getStore()));
als.run(1, () => {
  const p = new Promise((_, b) => setTimeout(b, 1, new Error('looked at')));
  console.log(p.constructor.name);
  const q = new Promise((_, b) => setTimeout(b, 5, new Error('looked at and caught')));
  console.log(q.constructor.name);
  q.catch(() => console.log('caught'));
});
