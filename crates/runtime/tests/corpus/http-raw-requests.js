// Bytes as they are on the wire: pipelining, chunks, what is malformed, `Expect`, old versions.
const http = require('http');
const net = require('net');
const server = http.createServer((req, res) => {
  let body = '';
  req.setEncoding('latin1').on('data', (chunk) => { body += chunk; }).on('end', () => {
    res.setHeader('Date', 'now');
    res.end(`${req.method} ${req.url} ${req.httpVersion} ${JSON.stringify(req.headers)} ${JSON.stringify(body)} ${JSON.stringify(req.trailers)} ${req.rawHeaders.length}\n`);
  });
});
server.on('clientError', (error, socket) => {
  console.log('client error', error.code, error.message);
  if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
});
server.on('checkContinue', (req, res) => { console.log('continue?'); res.writeContinue(); server.emit('request', req, res); });
server.on('upgrade', (req, socket, head) => { console.log('upgrade', req.headers.upgrade, JSON.stringify(String(head))); socket.end('HTTP/1.1 101 Switching\r\n\r\n'); });
const cases = [
  ['GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'],
  ['GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'],
  ['GE', 'T /split HT', 'TP/1.1\r\nHo', 'st: a\r\nX: y', ' z \r\nConnection: close\r\n\r', '\n'],
  ['POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nTrail: er\r\n\r\n'],
  ['POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n', '3\r', '\nab', 'c\r\n', '0\r\n\r\n'],
  ['POST /l HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nConnection: close\r\n\r\nab', 'cd'],
  ['GET /old HTTP/1.0\r\n\r\n'],
  ['GET /old HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /old2 HTTP/1.0\r\n\r\n'],
  ['POST /e HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n\r\n', 'ok'],
  ['GET /u HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: sock\r\n\r\nrest'],
  ['NONSENSE\r\n\r\n'],
  ['get / HTTP/1.1\r\n\r\n'],
  ['GET / HTTP/3.7\r\nHost: a\r\n\r\n'],
  ['GET / HTTP/1.1\r\nBad Header: x\r\n\r\n'],
  ['POST / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n'],
  ['POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n'],
  ['POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'],
  ['GET / HTTP/1.1\r\n\r\n'],
  ['GET / HTTP/1.1\r\nHost: a\r\nX: ' + 'x'.repeat(20000) + '\r\n\r\n'],
  ['GET / HTTP/1.1\r\nHost: a\r\nDup: 1\r\nDup: 2\r\nCookie: a\r\nCookie: b\r\nHost: c\r\nConnection: close\r\n\r\n'],
];
function next() {
  const parts = cases.shift();
  if (parts === undefined) { server.close(); return; }
  console.log('>', JSON.stringify(parts.join('¦')).slice(0, 90));
  const socket = net.connect(server.address().port);
  let answer = '';
  socket.setEncoding('latin1').on('data', (chunk) => { answer += chunk; }).on('error', (error) => console.log('socket error', error.code));
  socket.on('close', () => { console.log(answer.replace(/Date: .*? GMT/, "Date: then").replaceAll('\r\n', '~')); next(); });
  (function write() {
    const part = parts.shift();
    if (part !== undefined) { socket.write(part, 'latin1'); setTimeout(write, 3); }
  })();
}
server.listen(0, next);
