'use strict';
const { mustCall, mustNotCall } = require('./lib/common');
setImmediate(mustCall(() => { console.log('once'); setImmediate(mustNotCall()).unref(); }));
