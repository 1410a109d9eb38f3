'use strict';
const { mustCall, mustNotCall } = require('./lib/common');
const timeout = setTimeout(mustNotCall(), 1);
clearInterval(timeout);
let count = 0;
const interval = setInterval(mustCall(() => { console.log(++count); if (count === 2) clearTimeout(interval); }, 2), 1);
