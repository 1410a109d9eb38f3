'use strict';
const { mustCall } = require('./lib/common');
process.once('uncaughtException', mustCall((err) => { console.log(err.message); }));
const timer = setTimeout(mustCall(() => { console.log('called'); }), 5);
timer.unref();
setTimeout(() => { timer.ref(); throw new Error('ref later'); }, 1);
