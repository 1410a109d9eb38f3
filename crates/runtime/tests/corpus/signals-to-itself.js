// Signals that a program sends itself come in at the end of a poll phase, and keep nothing running.
const http = require('http');
const attempt = (what, run) => {
  try {
    console.log(what, run());
  } catch (error) {
    console.log(what, error.name, error.code, error.errno, error.syscall, error.message);
  }
};
for (const pid of ['SIGTERM', null, undefined, NaN]) attempt('pid', () => process.kill(pid));
attempt('name', () => process.kill(process.pid, 'test'));
attempt('number', () => process.kill(process.pid, 987));
attempt('there', () => process.kill(process.pid, 0));
attempt('nobody', () => process.kill(99999999, 0));
attempt('ignored', () => process.kill(process.pid, 'SIGWINCH'));

process.on('SIGTERM', (name, number) => {
  console.log('first', name, number);
  process.nextTick(() => console.log('tick of the first'));
});
process.once('SIGTERM', () => console.log('once'));
process.on('SIGUSR2', () => console.log('usr2'));
setImmediate(() => console.log('immediate'));
process.nextTick(() => console.log('tick'));
Promise.resolve().then(() => console.log('job'));
process.kill(process.pid);
process.kill(process.pid, 'SIGUSR2');
console.log('sent');

const server = http.createServer((request, response) => {
  process.kill(process.pid, 'SIGINT');
  setTimeout(() => response.end('answered'), 20);
});
process.once('SIGINT', () => {
  console.log('shutting down');
  server.close(() => {
    console.log('closed');
    process.on('SIGHUP', () => console.log('never: nothing keeps the loop running'));
    process.on('exit', () => process.kill(process.pid, 'SIGHUP'));
  });
});
server.listen(0, () => {
  http.get({ port: server.address().port, agent: false }, (response) => {
    response.setEncoding('utf8').on('data', console.log);
  });
});
