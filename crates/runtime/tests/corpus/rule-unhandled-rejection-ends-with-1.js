const log = (...args) => console.log(...args);
process.on('exit', (c) => log('exit', c));
Promise.reject(new RangeError('nobody'));
setImmediate(() => log('never'));
