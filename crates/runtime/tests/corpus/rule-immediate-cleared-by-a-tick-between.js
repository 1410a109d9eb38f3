const log = (...args) => console.log(...args);
let b;
setImmediate(() => { log('a'); process.nextTick(() => clearImmediate(b)); });
b = setImmediate(() => log('b'));
setImmediate(() => log('c'));
