'use strict';
const { mustCall } = require('./lib/common');
let threw = false;
let stage = -1;
// Whatever happens while an exception is handled, the rest of the queue runs before new immediates.
const onUncaught = mustCall((err) => { console.log('uncaught', err.message); threw = true; });
process.once('uncaughtException', onUncaught);
setImmediate(mustCall(() => { console.log(++stage); setImmediate(mustCall(() => console.log('new', threw, ++stage))); process.nextTick(() => console.log('tick 1')); }));
setImmediate(mustCall(() => { console.log(++stage); process.nextTick(() => console.log('tick 2')); throw new Error('throw'); }));
setImmediate(mustCall(() => { console.log(++stage); process.nextTick(() => console.log('tick 3')); }));
