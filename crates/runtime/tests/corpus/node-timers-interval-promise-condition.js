'use strict';
const { mustCall } = require('./lib/common');
const { setInterval: every } = require('timers/promises');
(async () => {
  let n = 0;
  for await (const value of every(1, 'v')) { console.log(value, ++n); if (n === 3) break; }
  console.log('over');
})().then(mustCall());
