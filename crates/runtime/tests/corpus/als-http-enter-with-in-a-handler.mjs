// A store entered in a handler stays with the connection's parser.
import { AsyncLocalStorage } from 'node:async_hooks';
import http from 'node:http';

const als = new AsyncLocalStorage();
let count = 0;
const server = http.createServer(async (request, response) => {
  const before = als.getStore();
  als.enterWith(`request ${++count}`);
  await new Promise((resolve) => setTimeout(resolve, 1));
  response.end(`${before} → ${als.getStore()}`);
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port } = server.address();
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
const get = (options) => new Promise((resolve) => {
  http.get({ port, ...options }, async (response) => {
    let text = '';
    for await (const chunk of response) text += chunk;
    setImmediate(resolve, text);
  });
});
console.log(await get({ agent }));
console.log(await get({ agent }));
console.log(await get({ agent: new http.Agent() }));
agent.destroy();
server.close();
