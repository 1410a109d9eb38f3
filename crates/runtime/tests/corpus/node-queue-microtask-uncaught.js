'use strict';
const { mustCall } = require('./lib/common');
process.on('uncaughtException', mustCall((e, origin) => { console.log(e.message, origin); }, 2));
queueMicrotask(() => { throw new Error('first'); });
queueMicrotask(() => console.log('between'));
queueMicrotask(() => { throw new Error('second'); });
process.nextTick(() => console.log('tick'));
