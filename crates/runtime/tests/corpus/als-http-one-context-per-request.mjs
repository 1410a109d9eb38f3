// Each request is handled in a context of its own, over kept connections too.
import { AsyncLocalStorage } from 'node:async_hooks';
import http from 'node:http';

const als = new AsyncLocalStorage();
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const log = [];
const at = (...args) => log.push([...args, als.getStore()].join(' '));

const server = http.createServer((request, response) => {
  at(request.url, 'before');
  als.run(`request ${request.url}`, async () => {
    request.on('data', (chunk) => at(request.url, 'data', chunk.length));
    request.on('end', () => at(request.url, 'end'));
    response.on('finish', () => at(request.url, 'finish'));
    response.on('close', () => at(request.url, 'close'));
    await sleep(request.url === '/a' ? 4 : 1);
    at(request.url, 'slept');
    response.end(als.getStore());
  });
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port } = server.address();
const agent = new http.Agent({ keepAlive: true, maxSockets: 2 });

const get = (path, body) => als.run(`client ${path}`, () => new Promise((resolve) => {
  const request = http.request({ port, path, agent, method: body ? 'POST' : 'GET' }, (response) => {
    at(path, 'client: response');
    let text = '';
    response.on('data', (chunk) => { at(path, 'client: data'); text += chunk; });
    response.on('end', () => { at(path, 'client: end'); resolve(text); });
  });
  request.on('socket', () => at(path, 'client: socket'));
  request.on('close', () => at(path, 'client: close'));
  request.end(body);
}));
console.log(await Promise.all([get('/a'), get('/b', 'body'), get('/c'), get('/d')]));
console.log(await get('/e'));
agent.destroy();
server.close();
process.on('exit', () => console.log(log.sort().join('\n')));
