'use strict';
const { mustCallAtLeast } = require('./lib/common');
let n = 0;
const i = setInterval(mustCallAtLeast(() => { if (++n === 1) { console.log('first'); i.unref(); } }), 1);
