'use strict';
const { mustCall } = require('./lib/common');
const assert = require('assert');
const immediate = setImmediate(mustCall(function() { assert.strictEqual(this, immediate); }));
const immediateArgs = setImmediate(mustCall(function() { assert.strictEqual(this, immediateArgs); }), 'args ...');
const timeout = setTimeout(mustCall(function() { assert.strictEqual(this, timeout); console.log('timeout'); }), 1);
const timeoutArgs = setTimeout(mustCall(function() { assert.strictEqual(this, timeoutArgs); }), 1, 'args ...');
const interval = setInterval(mustCall(function() { clearInterval(interval); assert.strictEqual(this, interval); console.log('interval'); }), 1);
