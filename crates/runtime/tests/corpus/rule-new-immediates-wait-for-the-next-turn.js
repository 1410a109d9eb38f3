const log = (...args) => console.log(...args);
setImmediate(() => { log('a'); setImmediate(() => log('c')); });
setImmediate(() => log('b'));
