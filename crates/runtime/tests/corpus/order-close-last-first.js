// Handles that are closed in one turn: the last one's callback is the first.
const net = require('net');
const servers = [1, 2, 3].map((n) => net.createServer().on('close', () => console.log('closed', n)));
let left = servers.length;
for (const server of servers) {
  server.listen(0, () => {
    if (--left === 0) setImmediate(() => servers.forEach((one) => one.close()));
  });
}
