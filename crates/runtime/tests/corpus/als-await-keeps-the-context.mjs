// After each kind of `await` an async function goes on in its own context, whoever settles what it
// waited for.
import { AsyncLocalStorage } from 'node:async_hooks';

const als = new AsyncLocalStorage();
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
let settleLate;
const late = new Promise((resolve, reject) => { settleLate = reject; });

async function work(name) {
  const at = (where) => console.log(name, where, als.getStore());
  at('begins');
  await undefined;
  at('after a value');
  await Promise.resolve(1);
  at('after a settled promise');
  await sleep(2);
  at('after a timer');
  try {
    await Promise.reject(new Error('no'));
  } catch {
    at('after a rejected promise');
  }
  try {
    await late;
  } catch {
    at('after a promise rejected elsewhere');
  } finally {
    at('in finally');
  }
  const values = await Promise.all([1, sleep(1), Promise.resolve(2)]);
  at(`after all ${values}`);
  await Promise.allSettled([Promise.reject(1)]);
  await Promise.race([sleep(1), sleep(9)]);
  at('after race');
  await Promise.any([Promise.reject(1), sleep(1)]);
  at('after any');
  await work2(at);
  at('after a function');
}

async function work2(at) {
  await null;
  at('inside');
  return sleep(1);
}

als.run('A', work, 'a');
als.run('B', work, 'b');
work('none');
als.run('other', () => setTimeout(settleLate, 40, new Error('late')));
console.log('main', als.getStore());
