// `process.getActiveResourcesInfo`: what keeps the program running.
const fs = require('fs');
const net = require('net');
const shown = () => process.getActiveResourcesInfo().filter((name) => !/^(Pipe|TTY)|^(CloseReq|FSReqPromise)$/.test(name));
console.log(shown());
const timer = setTimeout(() => {
  console.log('in its callback', shown());
  clearTimeout(timer);
  console.log('cleared', shown());
}, 20);
setTimeout(() => {}, 1).unref();
const interval = setInterval(() => {
  console.log('interval', shown());
  clearInterval(interval);
  console.log('cleared', shown());
}, 60);
setImmediate(() => console.log('immediate', shown().filter((name) => name === 'Immediate')));
setImmediate(() => {}).unref();
console.log(shown());
fs.stat(__filename, () => {});
console.log(process._getActiveRequests().length, shown().filter((name) => name.startsWith('FS')));
const server = net.createServer();
server.listen(0, () => {
  console.log(process._getActiveHandles().includes(server), shown().includes('TCPServerWrap'));
  server.unref();
  console.log(shown().includes('TCPServerWrap'));
  server.close();
});
