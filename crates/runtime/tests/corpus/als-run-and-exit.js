// `run`, `exit`, `enterWith` and `disable`, called synchronously and nested.
const { AsyncLocalStorage } = require('async_hooks');

const als = new AsyncLocalStorage();
const other = new AsyncLocalStorage();
const at = (where) => console.log(where, als.getStore(), other.getStore());

at('nothing');
console.log(als.run('one', (...args) => { at('in run'); return args; }, 1, 2));
at('after run');
als.run('outer', () => {
  als.run('inner', () => at('inner'));
  at('outer');
  other.run('other', () => {
    at('both');
    als.exit(() => {
      at('in exit');
      setTimeout(at, 1, 'timeout of exit');
      als.run('in exit', () => at('run in exit'));
    });
    at('after exit');
    als.enterWith('entered');
    at('after enterWith');
  });
  at('after other');
  console.log(als.exit((a, b) => a + b, 1, 2));
  try {
    als.run('throws', () => { throw new Error('out of run'); });
  } catch (error) {
    at(error.message);
  }
  als.run(undefined, () => at('run without'));
  als.run(null, () => at('run with null'));
  als.run(0, () => als.run(-0, () => console.log(Object.is(als.getStore(), -0))));
});
als.enterWith('before disable');
setTimeout(at, 2, 'timeout before disable');
als.disable();
at('disabled');
setTimeout(at, 3, 'timeout while disabled');
als.run('again', () => at('enabled again'));
console.log(als.run.length, als.exit.length, AsyncLocalStorage.length, als.enabled);
const fresh = new AsyncLocalStorage();
fresh.disable();
console.log(fresh.exit(() => fresh.getStore()), fresh.getStore(), fresh);
