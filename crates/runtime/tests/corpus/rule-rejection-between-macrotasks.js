const log = (...args) => console.log(...args);
process.on('unhandledRejection', (r) => log('unhandled', r));
setImmediate(() => { Promise.reject(1); log('i1'); });
setImmediate(() => log('i2'));
