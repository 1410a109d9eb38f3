// Thenables are asked in the context of the promise that they become.
const { AsyncLocalStorage } = require('async_hooks');

const als = new AsyncLocalStorage();
const at = (where) => console.log(where, als.getStore());
const thenable = (name, settle) => ({ then(resolve, reject) { at(`then of ${name}`); settle(resolve, reject); } });

async function returns(value) { return value; }

for (const name of ['A', 'B']) {
  als.run(name, async () => {
    await thenable(`${name} awaited`, (resolve) => resolve());
    at('after it');
    await thenable(`${name} late`, (resolve) => als.run('elsewhere', setTimeout, resolve, 1));
    at('after a late one');
    await returns(thenable(`${name} returned`, (resolve) => resolve()));
    at('after a returned one');
    await Promise.resolve().then(() => thenable(`${name} from a handler`, (resolve) => resolve()));
    at('after one from a handler');
    try {
      await thenable(`${name} thrown`, () => { throw new Error('x'); });
    } catch {
      at('after one that throws');
    }
  });
}
class Lazy extends Promise {}
setTimeout(() => als.run('subclass', async () => {
  await new Lazy((resolve) => setTimeout(resolve, 3));
  at('after one of a subclass');
  await Lazy.resolve(1).then(() => at('in a then of it'));
  at('after its then');
  new Lazy((resolve) => setTimeout(resolve, 1)).then(() => at('then of a pending one'));
}), 20);
