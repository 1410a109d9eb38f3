// A server takes one connection a turn of the loop, however many wait; clients learn of theirs at once.
const net = require('node:net');

const log = [];
const server = net.createServer((socket) => {
  log.push('accepted');
  socket.on('data', (data) => {
    log.push(`read ${data}`);
    setImmediate(() => log.push('immediate'));
  });
  socket.on('end', () => socket.end());
});

server.listen(0, () => {
  let open = 3;
  for (const name of 'ABC') {
    const client = net.connect(server.address().port, '127.0.0.1', () => {
      log.push(`connected ${name}`);
      client.end(name);
    });
    client.resume().on('close', () => {
      if (--open > 0) return;
      server.close();
      console.log(log.join('\n'));
    });
  }
});
