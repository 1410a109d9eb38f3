'use strict';
const { mustCall } = require('./lib/common');
const assert = require('assert');
const { promisify } = require('util');
const timers = require('timers');
const promises = require('timers/promises');
assert.strictEqual(promisify(timers.setTimeout), promises.setTimeout);
assert.strictEqual(promisify(timers.setImmediate), promises.setImmediate);
assert.strictEqual(timers.promises, promises);
(async () => {
  console.log(await promises.setTimeout(1), await promises.setTimeout(1, 'foobar'), await promises.setImmediate('imm'));
  const signal = AbortSignal.abort('why');
  for (const run of [() => promises.setTimeout(1, 0, { signal }), () => promises.setImmediate(0, { signal }),
                     async () => { for await (const _ of promises.setInterval(1, 0, { signal })); }]) {
    await assert.rejects(run, { name: 'AbortError', code: 'ABORT_ERR' });
    await run().catch((e) => console.log(e.name, e.code, e.message, e.cause));
  }
  for (const bad of [[1, 0, 1], [1, 0, ''], [1, 0, { signal: 1 }], [1, 0, { signal: {} }], [1, 0, { ref: 1 }], ['1'], [null], [1n]]) {
    await promises.setTimeout(...bad).then(() => console.log('fulfilled', bad), (e) => console.log(e.code, e.message));
  }
  for (const bad of [[0, 1], [0, { signal: '' }], [0, { ref: '' }]]) {
    await promises.setImmediate(...bad).catch((e) => console.log(e.code, e.message));
  }
})().then(mustCall(() => console.log('end')));
