// A server and its client: heads, bodies, what each side sees.
const http = require('http');
const server = http.createServer((req, res) => {
  console.log(req.method, req.url, req.httpVersion, Object.keys(req.headers).filter((name) => name !== 'host').map((name) => `${name}: ${req.headers[name]}`).join(', '));
  let body = '';
  req.setEncoding('utf8').on('data', (chunk) => {
    body += chunk;
    process.nextTick(() => console.log('tick after data'));
    Promise.resolve().then(() => console.log('microtask after data'));
  });
  req.on('end', () => {
    console.log('body', JSON.stringify(body), req.complete);
    res.on('finish', () => console.log('finish')).on('close', () => console.log('response closed'));
    if (req.url === '/length') { res.setHeader('Content-Length', 5); res.end('12345'); return; }
    if (req.url === '/empty') { res.writeHead(204); res.end(); return; }
    if (req.url === '/head') { res.writeHead(200, { 'Content-Length': 99 }); res.end(); return; }
    res.writeHead(201, 'Made', { 'X-One': ['1', '2'], 'Set-Cookie': ['a=1', 'b=2'] });
    res.write('some ');
    setTimeout(() => res.end('more'), 2);
  });
});
function ask(method, path, headers, body) {
  return new Promise((resolve) => {
    const req = http.request({ port: server.address().port, method, path, headers, agent: false }, (res) => {
      const { date, connection, 'keep-alive': keep, ...rest } = res.headers;
      console.log(res.statusCode, res.statusMessage, JSON.stringify(rest), connection, keep, typeof date);
      const chunks = [];
      res.on('data', (chunk) => chunks.push(String(chunk)));
      res.on('end', () => console.log('answer', chunks.join('|'), res.complete));
      res.on('close', () => { console.log('closed'); resolve(); });
    });
    for (const event of ['socket', 'finish']) req.on(event, () => console.log('request', event));
    req.end(body);
  });
}
server.listen(0, async () => {
  await ask('GET', '/');
  await ask('POST', '/length', { 'Content-Type': 'text/plain' }, 'hello');
  await ask('PUT', '/empty', { 'Transfer-Encoding': 'chunked' }, 'in chunks');
  await ask('HEAD', '/head');
  await ask('DELETE', '/x?y=1', { 'X-Header': 'v' });
  server.close((error) => console.log('server closed', error));
});
