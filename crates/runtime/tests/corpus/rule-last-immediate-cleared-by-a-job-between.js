const log = (...args) => console.log(...args);
let b;
setImmediate(() => { log('a'); Promise.resolve().then(() => clearImmediate(b)); });
b = setImmediate(() => log('b'));
