const log = (...args) => console.log(...args);
Promise.resolve().then(() => log('job'));
process.nextTick(() => log('tick'));
queueMicrotask(() => log('microtask'));
log('main');
