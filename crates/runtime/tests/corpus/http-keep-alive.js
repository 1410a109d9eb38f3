// One connection for one request after the other, and what an agent does with idle ones.
const http = require('http');
let connections = 0;
const server = http.createServer((req, res) => res.end(req.url));
server.on('connection', () => console.log('connection', ++connections));
server.keepAliveTimeout = 50;
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
const ask = (path, options = {}) => new Promise((resolve, reject) => {
  http.get({ port: server.address().port, path, agent, ...options }, (res) => {
    res.resume().on('end', () => resolve([path, res.headers.connection, res.headers['keep-alive']].join(' ')));
  }).on('error', reject);
});
server.listen(0, async () => {
  console.log(await ask('/a'));
  await new Promise((resolve) => setImmediate(resolve));
  console.log(Object.keys(agent.freeSockets).length, Object.keys(agent.sockets).length);
  console.log(await ask('/b'));
  console.log(await Promise.all([ask('/c'), ask('/d'), ask('/e')]));
  console.log(await ask('/f', { headers: { Connection: 'close' } }));
  console.log(await ask('/g'));
  await new Promise((resolve) => setTimeout(resolve, 120));
  console.log(Object.keys(agent.freeSockets).length);
  console.log(await ask('/h'));
  agent.destroy();
  server.close(() => console.log('closed', connections));
});
