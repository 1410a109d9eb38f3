// What is wrong with a request is told at its first wrong byte, as soon as that is there.
const http = require('http');
const net = require('net');

const REQUESTS = [
  '1', 'GE', 'GEX', 'GET', 'GET\r', 'Oopsie-doopsie\r\n', 'xyz', 'get / HTTP/1.1\r\n', 'HTTP/1.1 200 OK\r\n',
  'GET /\u0001', 'GET  / HTTP/1.1\r\n', 'GET / HTTX', 'GET / FOO\r\n', 'GET / HTTP/9.9\r\n', 'GET / HTTP/1.1\nA: b\n\n',
  'GET / HTTP/1.1\r\nHost: x\r\n\n', 'GET / HTTP/1.1\r\nA: b\rc', 'GET / HTTP/1.1\r\nA b', 'GET / HTTP/1.1\r\nA@: b',
  '\r\nGET / HTTP/1.1\r\nA\u0001: b\r\n', 'GET / HTTP/1.1\r\nA: b\u0001c\r\n', 'GET / HTTP/1.1\r\n\rX',
  'GET / HTTP/1.1\r\nContent-Length: 1x\r\n', `GET / HTTP/1.1\r\nCookie: ${'a'.repeat(17000)}`,
  `POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2;${'a'.repeat(17000)}`,
  'GET / HTTP/1.1\r\nHost: x\r\n\r\nfoo\r\n',
];

const shown = (request) => JSON.stringify(request).replace(/a{17000}/, 'a…');
let at = 0;
const server = http.createServer((request, response) => {
  console.log('  request', request.method, request.url);
  response.end();
});
server.on('clientError', (error, socket) => {
  console.log('  client error', error.code, error.bytesParsed, error.reason);
  socket.destroy();
});
server.listen(0, function next() {
  if (at === REQUESTS.length) {
    server.close();
    return;
  }
  console.log(shown(REQUESTS[at]));
  const socket = net.connect(server.address().port, () => socket.write(REQUESTS[at]));
  const timer = setTimeout(() => { console.log('  nothing yet'); socket.destroy(); }, 100);
  socket.on('error', () => {});
  socket.on('close', () => {
    clearTimeout(timer);
    at++;
    setTimeout(next, 20);
  });
});
