'use strict';
const { mustCall } = require('./lib/common');
const t = setInterval(mustCall(() => { console.log('fired'); t._repeat = null; }), 1);
setTimeout(() => console.log('later', t._destroyed), 20);
