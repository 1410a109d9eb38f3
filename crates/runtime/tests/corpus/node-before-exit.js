'use strict';
const { mustCall } = require('./lib/common');
process.once('beforeExit', mustCall(tryImmediate));
function tryImmediate() { console.log('set immediate'); setImmediate(mustCall(() => { process.once('beforeExit', mustCall(tryTimer)); })); }
function tryTimer() { console.log('set a timeout'); setTimeout(mustCall(() => { console.log('timeout'); process.once('beforeExit', mustCall(tryNextTick)); }), 1); }
function tryNextTick() { console.log('tick'); process.nextTick(mustCall(() => process.once('beforeExit', () => console.log('not without work')))); }
process.on('exit', (code) => console.log('exit', code));
