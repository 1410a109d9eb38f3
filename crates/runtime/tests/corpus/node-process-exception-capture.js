'use strict';
const assert = require('assert');
console.log(process.hasUncaughtExceptionCaptureCallback());
process.setUncaughtExceptionCaptureCallback((e) => console.log('captured', e.message));
console.log(process.hasUncaughtExceptionCaptureCallback());
assert.throws(() => process.setUncaughtExceptionCaptureCallback(() => {}), { code: 'ERR_UNCAUGHT_EXCEPTION_CAPTURE_ALREADY_SET' });
for (const bad of [1, 'x', {}, undefined]) { try { process.setUncaughtExceptionCaptureCallback(bad); } catch (e) { console.log(e.code, e.message); } }
process.on('uncaughtException', () => console.log('not this one'));
setImmediate(() => { throw new Error('one'); });
setImmediate(() => { process.setUncaughtExceptionCaptureCallback(null); });
setImmediate(() => { throw new Error('two'); });
