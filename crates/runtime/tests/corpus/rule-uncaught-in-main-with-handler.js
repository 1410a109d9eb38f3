const log = (...args) => console.log(...args);
process.on('uncaughtException', (e) => log('uncaught', e.message));
setTimeout(() => log('timer'), 1);
process.nextTick(() => log('tick'));
Promise.resolve().then(() => log('job'));
throw new Error('main');
