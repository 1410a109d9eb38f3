const log = (...args) => console.log(...args);
process.on('uncaughtException', (e, o) => log(o, e.message));
Promise.resolve().then(() => { throw new Error('job'); });
process.nextTick(() => log('tick'));
