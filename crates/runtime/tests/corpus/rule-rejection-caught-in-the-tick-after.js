const log = (...args) => console.log(...args);
process.on('unhandledRejection', (r) => log('unhandled', r));
setImmediate(() => { const p = Promise.reject(1); process.nextTick(() => p.catch((r) => log('caught', r))); });
setImmediate(() => log('i2'));
