'use strict';
const { mustCall } = require('./lib/common');
const { scheduler } = require('timers/promises');
const assert = require('assert');
(async () => {
  await scheduler.yield();
  console.log('yielded');
  const before = performance.now();
  await scheduler.wait(30);
  console.log(performance.now() - before >= 29);
  const ac = new AbortController();
  const waiting = scheduler.wait(1000, { signal: ac.signal });
  ac.abort();
  await assert.rejects(waiting, { code: 'ABORT_ERR' });
})().then(mustCall());
