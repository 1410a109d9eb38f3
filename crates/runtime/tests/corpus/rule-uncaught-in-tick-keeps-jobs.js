const log = (...args) => console.log(...args);
process.on('uncaughtException', (e) => log('uncaught', e.message));
process.nextTick(() => { throw new Error('t1'); });
process.nextTick(() => log('t2'));
Promise.resolve().then(() => log('job'));
setTimeout(() => log('timer'), 300);
