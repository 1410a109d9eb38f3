const log = (...args) => console.log(...args);
const E = require('events');
const e = new E();
e.on('x', async () => { log('sync part'); await null; log('async part'); });
log(e.emit('x'));
process.nextTick(() => log('tick'));
