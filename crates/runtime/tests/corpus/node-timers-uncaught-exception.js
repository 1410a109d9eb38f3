'use strict';
const { mustCall } = require('./lib/common');
const assert = require('assert');
const message = 'test-error';
setTimeout(mustCall(() => { throw new Error(message); }), 1);
setTimeout(mustCall(() => console.log('second')), 1);
process.on('uncaughtException', mustCall((error) => { assert.strictEqual(error.message, message); console.log('caught'); }));
