const log = (...args) => console.log(...args);
process.on('unhandledRejection', (r) => log('unhandled', r));
process.nextTick(() => { Promise.reject('a'); process.nextTick(() => log('later tick')); });
Promise.resolve().then(() => log('job'));
