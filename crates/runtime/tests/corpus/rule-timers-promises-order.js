const log = (...args) => console.log(...args);
const { setTimeout: sleep, setImmediate: soon } = require('timers/promises');
sleep(5, 'a').then(log);
sleep(25, 'b').then(log);
setTimeout(() => { soon('c').then(log); process.nextTick(() => log('tick')); setImmediate(() => log('immediate')); }, 50);
