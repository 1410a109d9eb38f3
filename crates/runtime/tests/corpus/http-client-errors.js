// What a client learns of servers that hang up, reset, are not there, or take too long.
const http = require('http');
const server = http.createServer((req, res) => {
  switch (req.url) {
    case '/hangup': req.socket.destroy(); break;
    case '/reset': req.socket.resetAndDestroy(); break;
    case '/half': res.writeHead(200, { 'Content-Length': 100 }); res.write('half'); setTimeout(() => req.socket.destroy(), 5); break;
    case '/never': break;
    default: res.end('ok');
  }
  req.on('aborted', () => console.log('aborted', req.url));
  req.on('error', (error) => console.log('request error', error.code));
  res.on('close', () => console.log('response closed', req.url, res.writableFinished));
});
function ask(path, options, act) {
  return new Promise((resolve) => {
    const req = http.get({ port: server.address().port, path, agent: false, ...options }, (res) => {
      console.log(path, res.statusCode);
      res.on('data', (chunk) => console.log('data', String(chunk)));
      res.on('error', (error) => console.log('response error', error.code, error.message));
      res.on('close', () => console.log('close', res.complete));
    });
    req.on('error', (error) => console.log(path, 'error', error.name, error.code, error.message.replace(/\d{4,5}$/, 'PORT'), error.syscall));
    req.on('timeout', () => { console.log(path, 'timeout'); req.destroy(); });
    req.on('close', () => { console.log(path, 'request closed'); setTimeout(resolve, 20); });
    act?.(req);
  });
}
server.listen(0, async () => {
  await ask('/fine');
  await ask('/hangup');
  await ask('/reset');
  await ask('/half');
  await ask('/never', { timeout: 300 });
  await ask('/never', {}, (req) => setTimeout(() => req.destroy(new Error('enough')), 300));
  await ask('/never', { signal: AbortSignal.timeout(300) });
  const controller = new AbortController();
  await ask('/never', { signal: controller.signal }, () => setTimeout(() => controller.abort(), 300));
  await ask('/fine', {}, (req) => req.destroy());
  await ask('/refused', { port: 1 });
  await ask('/name', { host: 'no.such.host.invalid', port: 80 });
  server.close(() => console.log('server closed'));
});
