'use strict';
const { mustCall } = require('./lib/common');
const assert = require('assert');
for (const n of [0, 1, 2, 3, 4, 5, 9]) {
  const args = Array.from({ length: n }, (_, i) => i);
  const check = (kind) => mustCall(function(...got) { assert.deepStrictEqual(got, args); console.log(kind, n); });
  setTimeout(check('timeout'), 1, ...args);
  setImmediate(check('immediate'), ...args);
  process.nextTick(check('tick'), ...args);
  const id = setInterval(mustCall((...got) => { assert.deepStrictEqual(got, args); clearInterval(id); }), 1, ...args);
}
