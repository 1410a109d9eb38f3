// What is ended in a callback, is ended for the other side once the callbacks of that poll have run.
const net = require('node:net');

const log = [];
const server = net.createServer((socket) => {
  socket.on('data', (data) => {
    log.push(`server ${data}`);
    socket.write(`reply to ${data}`);
  });
  socket.on('end', () => {
    log.push('server end');
    socket.end();
  });
});

server.listen(0, '127.0.0.1', () => {
  let open = 3;
  for (const name of 'abc') {
    const client = net.connect(server.address().port, '127.0.0.1', () => client.write(name));
    client.on('data', (data) => {
      log.push(`client ${data}`);
      client.end();
    });
    client.on('close', () => {
      log.push(`close ${name}`);
      if (--open > 0) return;
      server.close();
      console.log(log.join('\n'));
    });
  }
});
