const log = (...args) => console.log(...args);
let b;
setImmediate(() => { log('a'); clearImmediate(b); });
b = setImmediate(() => log('b'));
setImmediate(() => log('c'));
