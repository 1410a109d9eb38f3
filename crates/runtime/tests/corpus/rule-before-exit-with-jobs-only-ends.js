const log = (...args) => console.log(...args);
let n = 0;
process.on('beforeExit', () => { log('before', ++n); process.nextTick(() => log('tick')); Promise.resolve().then(() => log('job')); });
