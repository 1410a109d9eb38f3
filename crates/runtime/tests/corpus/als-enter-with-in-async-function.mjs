// `enterWith` holds for the rest of an async function; what its caller sees of it depends on whether
// it was before the first `await`.
import { AsyncLocalStorage } from 'node:async_hooks';

const als = new AsyncLocalStorage();
const at = (where) => console.log(where, als.getStore());

async function before() {
  als.enterWith('before');
  await null;
  at('before: after await');
  als.enterWith('before 2');
  await new Promise((resolve) => setTimeout(resolve, 1));
  at('before: after a timer');
}

async function behind() {
  await null;
  als.enterWith('behind');
  at('behind: entered');
  await null;
  at('behind: after await');
}

await als.run('run', async () => {
  const one = before();
  at('caller of before, at once');
  await one;
  at('caller of before, after it');
  const two = behind();
  at('caller of behind, at once');
  await two;
  at('caller of behind, after it');
});
at('outside');

als.enterWith('top');
const three = behind();
at('top, at once');
await three;
at('top, after it');
setTimeout(() => at('timer'), 1);
process.on('exit', () => at('exit'));
process.on('beforeExit', () => at('beforeExit'));
