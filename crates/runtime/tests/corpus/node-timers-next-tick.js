'use strict';
const { mustCall, mustNotCall } = require('./lib/common');
const t1 = setTimeout(mustCall(() => {
  setTimeout(mustNotCall(), 1).unref();
}), 1);
const immediate = setImmediate(mustNotCall());
const t2 = setTimeout(mustNotCall(), 1);
process.nextTick(mustCall(() => { clearTimeout(t2); clearImmediate(immediate); console.log('cleared', typeof t1); }));
