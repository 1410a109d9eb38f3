'use strict';
// A timer's own clearing in its callback must not delete a list that was made anew meanwhile.
const { mustCall } = require('./lib/common');
const TIMEOUT = 40;
const timer = setTimeout(mustCall(() => {
  console.log('first');
  process.nextTick(() => {
    clearTimeout(timer);
    setTimeout(mustCall(() => console.log('second')), TIMEOUT);
  });
  const handle2 = setTimeout(mustCall(() => { console.log('third'); }), TIMEOUT);
  clearTimeout(handle2);
  setTimeout(mustCall(() => console.log('fourth')), TIMEOUT);
  handle2.refresh();
  setTimeout(() => clearTimeout(handle2), TIMEOUT / 2);
}), TIMEOUT);
process.on('exit', (code) => { process.exitCode = code === 1 ? 0 : code; });
