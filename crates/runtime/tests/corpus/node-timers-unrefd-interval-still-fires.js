'use strict';
const { mustCall } = require('./lib/common');
let n = 0;
const keep = setTimeout(() => {}, 1000);
const timer = setInterval(mustCall(() => { console.log(++n); if (n === 5) { clearInterval(timer); clearTimeout(keep); } }, 5), 1);
timer.unref();
