'use strict';
const { mustCall } = require('./lib/common');
let count = 0;
const t = setTimeout(mustCall(() => { console.log('fire', ++count, t._destroyed); if (count < 3) t.refresh(); }, 3), 1);
process.on('exit', () => console.log('destroyed', t._destroyed, t.hasRef()));
