const { AsyncLocalStorage, AsyncResource } = require('async_hooks');

const als = new AsyncLocalStorage();
const at = (...args) => console.log(...args, als.getStore());

const bound = als.run('bound', () => AsyncLocalStorage.bind(function (a, b) { at('bound', a, b, this === globalThis, typeof this); }));
const snapshot = als.run('snapshot', () => AsyncLocalStorage.snapshot());
bound(1, 2);
als.run('caller', () => {
  bound.call({}, 3);
  console.log(snapshot((...args) => { at('in snapshot'); return args; }, 1, 2));
  at('after');
});
console.log(bound.length, snapshot.length);
for (const wrong of [undefined, 1, {}]) {
  try {
    AsyncLocalStorage.bind(wrong);
  } catch (error) {
    console.log(error.code ?? error.name, error.message);
  }
}
const own = als.run('resource', () => AsyncResource.bind((x) => at('static bind', x), 'NAME'));
own('x');
const resource = als.run('resource', () => new AsyncResource('MINE'));
console.log(resource.runInAsyncScope(function (x, y) { at('scope', x, y, this.me); return 7; }, { me: true }, 1, 2));
resource.runInAsyncScope(() => als.enterWith('entered in scope'));
resource.runInAsyncScope(() => at('scope again'));
at('outside');
resource.bind(function () { at('instance bind', this.me); }, { me: 2 })();
console.log(typeof resource.asyncId(), typeof resource.triggerAsyncId(), resource.emitDestroy() === resource);
try {
  resource.runInAsyncScope(() => { throw new Error('from scope'); });
} catch (error) {
  at(error.message);
}
for (const args of [[], [1], ['T', { triggerAsyncId: -2 }], ['T', { triggerAsyncId: 'x' }], ['T', 3.5]]) {
  try {
    new AsyncResource(...args);
  } catch (error) {
    console.log(error.code, error.message);
  }
}
class Pool extends AsyncResource {
  constructor() { super('Pool'); }
  work(callback) { setTimeout(() => this.runInAsyncScope(callback, this, 'done'), 1); }
}
const pool = als.run('pool', () => new Pool());
als.run('user', () => pool.work(function (result) { at('pool', result, this instanceof Pool); }));
