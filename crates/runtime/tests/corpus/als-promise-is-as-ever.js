// What a program sees of promises once contexts are followed.
const { AsyncLocalStorage } = require('async_hooks');

const als = new AsyncLocalStorage();
als.run(1, () => {
  const promise = Promise.resolve(1);
  console.log(promise.constructor === Promise, promise.constructor.name, Promise.resolve(promise) === promise);
  console.log(Promise.resolve.name, Promise.resolve.length, Promise.prototype.then.name, Promise.prototype.then.length);
  console.log(Object.keys(Promise.prototype), Object.getOwnPropertyNames(Promise).sort());
  console.log(Object.hasOwn(Promise.prototype, 'constructor'), Object.hasOwn(promise, 'constructor'));
  class Counted extends Promise {
    static made = 0;
    constructor(executor) { super(executor); Counted.made++; }
  }
  const counted = Counted.resolve(1);
  const derived = counted.then(() => {});
  console.log(derived instanceof Counted, Counted.made);
  class Plain extends Promise { static get [Symbol.species]() { return Promise; } }
  console.log(Plain.resolve(1).then(() => {}) instanceof Plain);
  const own = Promise.resolve(1);
  own.constructor = Counted;
  console.log(own.then(() => {}) instanceof Counted, Counted.made, own.constructor === Counted, Object.keys(own));
  try {
    Promise.resolve.call(1, 2);
  } catch (error) {
    console.log(error.name);
  }
  try {
    Promise.prototype.then.call({}, 2);
  } catch (error) {
    console.log(error.name);
  }
});
process.on('unhandledRejection', (reason) => console.log('unhandled', reason.message, als.getStore()));
als.run(2, () => {
  let reject;
  new Promise((_, b) => { reject = b; });
  setTimeout(reject, 1, new Error('late'));
  Promise.resolve(new Promise((_, b) => setTimeout(b, 2, new Error('resolved with itself'))));
});
const failing = async () => { await null; throw new Error('from async'); };
als.run(3, () => { failing(); });
async function shown() {
  await null;
  throw new Error('with a stack');
}
als.run(4, async () => {
  try {
    await shown();
  } catch (error) {
    console.log(error.stack.split('\n').length > 1, error.stack.split('\n')[1].includes('shown'));
  }
});
