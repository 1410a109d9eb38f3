// Where both ends have said all they will, the end comes in the callback that takes the last bytes, which leaves
// no room for another socket's between them; where the reader may still write, in one of its own.
const net = require('node:net');

function tell(name, socket) {
  for (const event of ['data', 'end', 'finish', 'close']) {
    socket.on(event, () => {
      console.log(name, event);
      if (event === 'data') setImmediate(() => console.log(name, 'immediate'));
    });
  }
}

function exchange(server, client, next) {
  const listener = net.createServer({ allowHalfOpen: true }, (socket) => {
    tell('server', socket);
    server(socket);
  });
  listener.listen(0, () => {
    const socket = net.connect({ port: listener.address().port, host: '127.0.0.1', allowHalfOpen: true });
    tell('client', socket);
    client(socket);
    socket.on('close', () => listener.close(next));
  });
}

console.log('-- the server has ended');
exchange((socket) => socket.end('bye'), (socket) => socket.on('data', () => socket.end('reply')), () => {
  console.log('-- it has not');
  exchange((socket) => socket.on('end', () => socket.end()), (socket) => socket.end('reply'), () => {
    console.log('-- it is paused');
    exchange((socket) => {
      socket.end('bye');
      socket.on('data', () => socket.pause());
      setTimeout(() => socket.resume(), 20);
    }, (socket) => socket.on('data', () => socket.end('reply')));
  });
});
