const log = (...args) => console.log(...args);
process.on('uncaughtException', (e) => { log('uncaught', e.message); process.nextTick(() => log('tick of handler')); });
setImmediate(() => { process.nextTick(() => log('tick')); throw new Error('i1'); });
setImmediate(() => log('i2'));
setImmediate(() => log('i3'));
