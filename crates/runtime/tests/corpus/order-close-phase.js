// Closing: callbacks after the check phase of the same turn.
const net = require('net');
const server = net.createServer().listen(0, () => {
  console.log('listening');
  server.on('close', () => {
    console.log('close event');
    process.nextTick(() => console.log('tick of close'));
    setImmediate(() => console.log('immediate of close'));
  });
  setImmediate(() => console.log('immediate before'));
  server.close(() => console.log('close callback'));
  setImmediate(() => console.log('immediate after'));
  process.nextTick(() => console.log('tick'));
  Promise.resolve().then(() => console.log('microtask'));
});
