const log = (...args) => console.log(...args);
const E = require('events');
const e = new E();
e.on('x', () => { log('a'); e.on('x', () => log('new')); });
e.emit('x');
log('--');
e.emit('x');
