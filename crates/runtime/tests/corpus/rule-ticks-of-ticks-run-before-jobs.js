const log = (...args) => console.log(...args);
process.nextTick(() => { log('a'); process.nextTick(() => { log('b'); process.nextTick(() => log('c')); }); });
Promise.resolve().then(() => log('job'));
