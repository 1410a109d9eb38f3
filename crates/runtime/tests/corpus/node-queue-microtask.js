'use strict';
const { mustCall } = require('./lib/common');
const assert = require('assert');
assert.strictEqual(typeof queueMicrotask, 'function');
for (const bad of [undefined, null, 0, 'x']) { try { queueMicrotask(bad); } catch (e) { console.log(e.code); } }
{
  let called = false;
  queueMicrotask(mustCall(() => { called = true; }));
  assert.strictEqual(called, false);
}
queueMicrotask(mustCall(function(...args) { console.log(args.length, this === undefined || this === globalThis); }), 'x', 'y');
let order = 'A';
queueMicrotask(() => { order += 'B'; });
Promise.resolve().then(() => { order += 'C'; });
process.nextTick(() => { order += 'T'; });
setImmediate(() => console.log(order));
