'use strict';
const { mustCall, mustCallAtLeast, mustNotCall } = require('./lib/common');
const LONG = 10_000;
setTimeout(mustNotCall('timeout'), LONG).unref();
setInterval(mustNotCall('interval'), LONG).unref();
const check = setInterval(mustCallAtLeast(() => { check.unref(); }), 1);
setTimeout(mustCall(() => console.log('short')), 1);
{ const t = setInterval(() => {}, 1); setTimeout(t.unref.bind(t), 5); }
{ const t = setInterval(() => {}, 1); clearInterval(t); t.unref(); t.ref(); }
console.log(setTimeout(mustNotCall(), LONG).unref().hasRef());
