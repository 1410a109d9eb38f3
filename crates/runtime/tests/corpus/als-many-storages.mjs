import { AsyncLocalStorage } from 'node:async_hooks';

const storages = Array.from({ length: 3 }, () => new AsyncLocalStorage());
const seen = (where) => console.log(where, storages.map((als) => als.getStore()));
const [a, b, c] = storages;

await a.run('a1', async () => {
  seen('a');
  await b.run('b1', async () => {
    await null;
    seen('a and b');
    c.enterWith('c1');
    await null;
    seen('all');
    setTimeout(seen, 1, 'timeout of all');
    await a.exit(async () => {
      seen('without a');
      await null;
      seen('without a, later');
    });
    a.run('a2', () => { c.enterWith('c2'); b.enterWith('b2'); seen('entered others'); });
    seen('they stay');
    b.disable();
    seen('b disabled');
    await null;
    seen('b disabled, later');
  });
  seen('a again');
  b.run('b3', () => seen('b enabled'));
});
seen('outside');
