'use strict';
const { mustCall } = require('./lib/common');
const order = [];
setTimeout(mustCall(() => { order.push('timeout'); }), 1);
process.nextTick(mustCall(() => { order.push('tick'); }));
order.push('main');
process.on('exit', () => { process.nextTick(() => order.push('never')); console.log(order); });
