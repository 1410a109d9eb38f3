// A connection from an address that is not there, or from a port where somebody listens.
const net = require('net');

const other = net.createServer().listen(0, '127.0.0.1', () => {
  const server = net.createServer(() => console.log('nobody comes')).listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    const { port: localPort } = other.address();
    const shown = (text) => text.replace(port, 'PORT').replace(localPort, 'LOCAL');
    const from = (options, next) => {
      const socket = net.connect({ host: '127.0.0.1', port, ...options });
      socket.on('error', (error) => console.log(error.code, error.syscall, shown(error.message)));
      socket.on('close', (failed) => { console.log('closed', failed); next(); });
    };
    from({ localAddress: '127.0.0.1', localPort }, () => {
      from({ localAddress: '1.2.3.4' }, () => {
        server.close();
        other.close();
      });
    });
  });
});
