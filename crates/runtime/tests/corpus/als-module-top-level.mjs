import { AsyncLocalStorage } from 'node:async_hooks';
import { createRequire } from 'node:module';

const als = new AsyncLocalStorage();
const at = (...args) => console.log(...args, als.getStore());
als.enterWith('top');
await null;
at('after await');
await new Promise((resolve) => setTimeout(resolve, 1));
at('after a timer');
await als.run('import', async () => {
  const { readFileSync } = await import('node:fs');
  at('after import', typeof readFileSync);
});
at('after run', createRequire(import.meta.url)('async_hooks').AsyncLocalStorage === AsyncLocalStorage);
try {
  await Promise.reject(new Error('x'));
} catch {
  at('caught');
}
for await (const x of [1]) at('loop', x);
