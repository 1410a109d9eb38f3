// A reaction runs in the context in which it was registered, not in that in which the promise was made
// or settled.
const { AsyncLocalStorage } = require('async_hooks');

const als = new AsyncLocalStorage();
const at = (where) => console.log(where, als.getStore());

let resolve;
let reject;
const made = als.run('maker', () => new Promise((a) => { resolve = a; }));
const failing = als.run('maker', () => new Promise((_, b) => { reject = b; }));
als.run('one', () => {
  made.then(() => at('then of one')).finally(() => at('finally of one')).then(() => at('second then of one'));
  failing.catch(() => at('catch of one'));
  failing.then(() => {}, () => at('then with two of one'));
});
als.run('two', () => {
  made.then(() => at('then of two'));
  failing.finally(() => at('finally of two')).catch(() => at('catch behind finally of two'));
});
made.then(() => at('then of none'));
failing.catch(() => at('catch of none'));
als.run('settler', () => {
  setTimeout(() => {
    at('settles');
    resolve();
    reject(new Error('no'));
    made.then(() => at('then of the settler'));
  }, 1);
});
als.run('chain', () => {
  Promise.resolve()
    .then(() => { at('1'); return Promise.resolve(); })
    .then(() => { at('2'); als.enterWith('entered in 2'); })
    .then(() => { at('3'); throw new Error('x'); })
    .catch(() => at('4'));
});
