'use strict';
const assert = require('assert');
for (const start of [setTimeout, setInterval, setImmediate, process.nextTick, queueMicrotask]) {
  for (const callback of [true, false, undefined, null, 0, 1, 'foo', /foo/, [], {}, Symbol('s'), 5n]) {
    assert.throws(() => start(callback, 1), { code: 'ERR_INVALID_ARG_TYPE', name: 'TypeError' });
    try { start(callback, 1); } catch (e) { console.log(start.name, e.message); }
  }
}
