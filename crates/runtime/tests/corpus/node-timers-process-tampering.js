'use strict';
const { mustCall } = require('./lib/common');
global.process = {};
setTimeout(mustCall(() => console.log('fired')), 1);
setTimeout(() => setImmediate(() => console.log('immediate')), 5);
