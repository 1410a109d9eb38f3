// Requests at once, each over a connection of its own: what is ready comes first, and behind it what the server
// began to read from meanwhile.
const http = require('node:http');

const log = [];
const server = http.createServer((request, response) => {
  log.push(`request ${request.url}`);
  setImmediate(() => log.push('immediate'));
  response.end(request.url);
});

server.listen(0, async () => {
  const { port } = server.address();
  const get = (path) => new Promise((resolve) => {
    http.get({ port, path, host: '127.0.0.1', agent: false }, (answer) => {
      log.push(`answer ${path}`);
      answer.resume().on('end', () => {
        log.push(`end ${path}`);
        resolve();
      });
    });
  });
  await Promise.all(['/a', '/b', '/c'].map(get));
  server.close(() => console.log(log.join('\n')));
});
