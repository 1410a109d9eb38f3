// A socket is read until its buffer is not filled any more, up to 32 times in a row, before the next one is
// looked at, and each time ticks run.
const net = require('node:net');

const log = [];
const server = net.createServer((socket) => {
  let name;
  socket.on('data', (data) => {
    name ??= String.fromCharCode(data[0]);
    log.push(`${name} ${data.length}`);
    process.nextTick(() => log.push('tick'));
    setImmediate(() => log.push('immediate'));
  });
  socket.on('end', () => {
    log.push(`${name} end`);
    socket.end();
  });
});

server.listen(0, () => {
  const clients = ['A', 'B'].map((name) => ({ name, socket: net.connect(server.address().port, '127.0.0.1') }));
  let waiting = 2;
  let open = 2;
  for (const { socket } of clients) {
    socket.resume();
    socket.on('connect', () => {
      if (--waiting > 0) return;
      setTimeout(() => {
        clients[0].socket.write('A'.repeat(160_000));
        clients[1].socket.write('B');
        clients[0].socket.end();
        clients[1].socket.end();
      }, 20);
    });
    socket.on('close', () => {
      if (--open > 0) return;
      server.close();
      console.log(log.join('\n'));
    });
  }
});
