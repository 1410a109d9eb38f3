'use strict';
const { mustCall } = require('./lib/common');
const assert = require('assert');
setTimeout(mustCall((a, b, c) => { assert.deepStrictEqual([a, b, c], ['foo', 'bar', 'baz']); console.log('zero'); }), 0, 'foo', 'bar', 'baz');
let ncalled = 3;
const iv = setInterval(mustCall(() => { console.log('interval'); if (--ncalled === 0) clearInterval(iv); }, 3), 0);
