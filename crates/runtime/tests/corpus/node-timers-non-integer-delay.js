'use strict';
const { mustCall } = require('./lib/common');
let n = 0;
const interval = setInterval(mustCall(() => { if (++n === 5) { clearInterval(interval); console.log('done'); } }, 5), 1.5);
const a = setTimeout(() => console.log('2.9'), 2.9);
const b = setTimeout(() => console.log('2.1'), 2.1);
console.log(a._idleTimeout, b._idleTimeout);
