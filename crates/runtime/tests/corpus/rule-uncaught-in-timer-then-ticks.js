const log = (...args) => console.log(...args);
process.on('uncaughtException', (e) => { log('uncaught', e.message); process.nextTick(() => log('tick of handler')); });
setTimeout(() => { process.nextTick(() => log('tick')); throw new Error('t1'); }, 1);
setTimeout(() => log('t2'), 1);
