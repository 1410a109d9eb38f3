// TCP: order of events of both ends, resets, addresses in use, idle sockets.
const net = require('net');
const log = (...a) => console.log(...a);
const server = net.createServer((s) => {
  log('connection', s.remoteFamily);
  s.setEncoding('utf8');
  s.on('data', (d) => { log('server data', JSON.stringify(d)); s.write(d.toUpperCase()); });
  s.on('end', () => log('server end'));
  s.on('close', (e) => log('server socket close', e));
});
server.on('close', () => log('server close'));
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  const c = net.connect(port, '127.0.0.1');
  c.on('connect', () => { log('connect'); setImmediate(() => log('immediate')); process.nextTick(() => log('tick')); Promise.resolve().then(() => log('micro')); });
  c.on('ready', () => log('ready'));
  c.write('early ', () => log('written'));
  c.once('data', (d) => { log('client data', String(d)); c.end('bye', () => log('ended')); c.on('data', (d) => log('more', String(d))); });
  c.on('end', () => log('client end'));
  c.on('close', (e) => { log('client close', e); server.close((e) => { log('closed', e); second(); }); });
});
function second() {
  const s2 = net.createServer((s) => { s.on('error', (e) => log('s error', e.code)); s.resetAndDestroy(); });
  s2.listen(0, () => {
    log(s2.address().family);
    const c = net.connect(s2.address().port);
    c.on('error', (e) => log('c error', e.code, e.syscall)).on('close', (e) => { log('c close', e); s2.close(); third(); });
    c.resume();
  });
}
function third() {
  const a = net.createServer().listen(0, () => {
    net.createServer().on('error', (e) => { log(e.code, e.syscall, e.message.replace(/\d+$/, 'N')); a.close(fourth); }).listen(a.address().port);
  });
}
function fourth() {
  try { a = net.createServer(); a.close((e) => log(e.code)); } catch (e) { log(e) }
  const s = net.createServer((c) => { c.pause(); }).listen(0, () => {
    const c = net.connect(s.address().port);
    c.setTimeout(20, () => { log('idle'); c.destroy(); s.close(); s.getConnections((e, n) => log('connections', n)); });
    c.on('close', () => log('gone'));
  });
  s.on('connection', (c) => setTimeout(() => c.destroy(), 50));
  s.on('close', () => log('all done'));
}
