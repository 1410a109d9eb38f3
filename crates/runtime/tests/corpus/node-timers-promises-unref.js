'use strict';
const { setTimeout: sleep, setImmediate: soon } = require('timers/promises');
sleep(10_000, null, { ref: false }).then(() => console.log('never'));
soon(null, { ref: false }).then(() => console.log('never either'));
process.on('exit', (code) => console.log('exit', code));
