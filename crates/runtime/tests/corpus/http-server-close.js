// Graceful: a server that is closed finishes what it has and takes nothing new.
const http = require('http');
const server = http.createServer((req, res) => {
  console.log('request', req.url);
  setTimeout(() => res.end(`answer ${req.url}`), 600);
});
server.listen(0, () => {
  const { port } = server.address();
  const agent = new http.Agent({ keepAlive: true });
  const ask = (path, done) => http.get({ port, path, agent }, (res) => {
    res.setEncoding('utf8').on('data', (chunk) => console.log(chunk, res.headers.connection)).on('end', () => done?.());
  }).on('error', (error) => { console.log(path, error.code); done?.(); });
  ask('/one', () => console.log('one done'));
  setTimeout(() => {
    server.close((error) => console.log('closed', error));
    console.log('listening', server.listening);
    http.get({ port, path: '/late', agent: false }).on('error', (error) => console.log('late', error.code));
    setTimeout(() => { console.log('waiting'); }, 200);
  }, 300);
  server.on('close', () => { console.log('close event'); agent.destroy(); });
});
