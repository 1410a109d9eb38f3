// An async generator runs on in the context of whoever asks for its next value.
import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

const als = new AsyncLocalStorage();
const at = (where) => console.log(where, als.getStore());

async function* numbers(name) {
  try {
    for (let i = 0; i < 3; i++) {
      at(`${name} ${i}`);
      await sleep(1);
      at(`${name} ${i} after a sleep`);
      yield i;
      at(`${name} ${i} after yield`);
    }
  } finally {
    at(`${name} ends`);
    await null;
    at(`${name} ended`);
  }
}

await als.run('loop', async () => {
  for await (const i of numbers('whole')) at(`got ${i}`);
  for await (const i of numbers('left')) {
    at(`got ${i}`);
    if (i === 1) break;
  }
  for await (const i of [sleep(1, 'x'), 'y']) at(`got ${i}`);
});
const shared = als.run('maker', () => numbers('shared'));
await als.run('first', async () => { await shared.next(); at('first asked'); });
await als.run('second', async () => { await shared.next(); at('second asked'); });
await als.run('third', async () => { await shared.return(7); at('third asked'); });

async function* delegating() { yield* numbers('inner'); }
await als.run('delegate', async () => {
  for await (const i of delegating()) at(`got ${i}`);
});
