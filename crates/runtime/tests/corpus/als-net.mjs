// Sockets of a server have the context of no request; a client's have that in which it was made.
import { AsyncLocalStorage } from 'node:async_hooks';
import { createServer, connect } from 'node:net';

const als = new AsyncLocalStorage();
const log = [];
const at = (...args) => log.push([...args, als.getStore()].join(' '));

const server = als.run('server', () => createServer((socket) => {
  at('server: connection');
  socket.on('data', (chunk) => {
    at('server: data', chunk);
    socket.write(chunk, () => at('server: written'));
  });
  socket.on('end', () => { at('server: end'); socket.end('bye'); });
  socket.on('close', () => at('server: close'));
}));
als.run('listen', () => server.listen(0, '127.0.0.1', () => {
  at('listening');
  als.run('client', () => {
    const socket = connect(server.address().port, '127.0.0.1', () => {
      at('client: connected');
      als.run('writer', () => socket.write('hi', () => at('client: written')));
    });
    socket.on('connect', () => at('client: connect'));
    socket.once('data', (chunk) => { at('client: data', chunk); als.run('ender', () => socket.end(() => at('client: ended'))); });
    socket.on('end', () => at('client: end'));
    socket.on('close', () => { at('client: close'); als.run('closer', () => server.close(() => at('server closed'))); });
  });
}));
process.on('exit', () => console.log(log.sort().join('\n')));
