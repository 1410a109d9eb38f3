'use strict';
const { mustCall } = require('./lib/common');
let complete = 0;
setImmediate(mustCall(() => { complete++; process.nextTick(mustCall(() => { complete++; process.nextTick(mustCall(() => { complete++; })); })); }));
setTimeout(() => {
  process.nextTick(mustCall(() => { complete++; process.nextTick(mustCall(() => { complete++; process.nextTick(mustCall(() => { complete++; })); })); }));
}, 30);
process.on('exit', () => console.log(complete));
