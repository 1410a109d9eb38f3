// What a callback of I/O throws goes to the handler; its ticks wait for the next callback.
const fs = require('fs');
process.on('uncaughtException', (error) => console.log('handled', error.message));
fs.stat('/tmp', () => {
  process.nextTick(() => console.log('tick'));
  Promise.resolve().then(() => console.log('microtask'));
  setImmediate(() => console.log('immediate'));
  throw new Error('from I/O');
});
process.on('exit', (code) => console.log('exit', code));
