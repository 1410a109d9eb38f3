const { AsyncLocalStorage } = require('async_hooks');
const { promisify } = require('util');

const als = new AsyncLocalStorage();
const at = (...args) => console.log(...args, als.getStore());
const { port1, port2 } = als.run('channel', () => new MessageChannel());
als.run('listener', () => port2.on('message', (message) => {
  at('message', message);
  if (message === 2) port1.close();
}));
als.run('sender', () => port1.postMessage(1));
port1.postMessage(2);
port2.on('close', () => at('close'));
port2.on('close', () => als.run('promisified', async () => {
  await promisify(setTimeout)(1);
  at('setTimeout');
  await promisify(setImmediate)();
  at('setImmediate');
  await promisify((callback) => process.nextTick(callback, null, 1))();
  at('a function');
}));
