import { AsyncLocalStorage } from 'node:async_hooks';
import { createServer } from 'node:http';

const als = new AsyncLocalStorage();
const at = (...args) => console.log(...args, als.getStore());
const server = createServer((request, response) => {
  als.run(`server ${request.url}`, () => setTimeout(() => response.end(`${request.url} in ${als.getStore()}`), request.url === '/a' ? 5 : 1));
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const base = `http://127.0.0.1:${server.address().port}`;
async function ask(path) {
  const response = await fetch(base + path);
  const status = [path, response.status, als.getStore()];
  const text = await response.text();
  return [...status, text, als.getStore()];
}
console.log(await Promise.all(['/a', '/b'].map((path) => als.run(`client ${path}`, ask, path))));
at('outside');
await als.run('failing', async () => {
  try {
    await fetch('http://127.0.0.1:1/');
  } catch (error) {
    at(error.message);
  }
  try {
    await fetch(base, { signal: AbortSignal.abort() });
  } catch (error) {
    at(error.name);
  }
});
await als.run('then', () => fetch(base).then((response) => { at('then'); return response.text(); }).then(() => at('text')));
server.closeAllConnections();
server.close();
