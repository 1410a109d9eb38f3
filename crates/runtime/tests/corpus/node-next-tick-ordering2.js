'use strict';
const order = [];
process.nextTick(() => { setTimeout(() => { order.push('setTimeout'); }, 0); process.nextTick(() => { order.push('nextTick'); }); });
process.on('exit', () => console.log(order));
