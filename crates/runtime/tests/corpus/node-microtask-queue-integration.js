'use strict';
const { mustCall } = require('./lib/common');
const assert = require('assert');
const { resolve } = Promise;
const order = [];
const implementations = [
  (fn) => Promise.resolve().then(fn),
  (fn) => queueMicrotask(fn),
];
let count = 0;
implementations.forEach((enqueue, i) => {
  process.nextTick(() => {
    order.push(`tick ${i}`);
    enqueue(() => { order.push(`job ${i}`); process.nextTick(() => order.push(`tick in job ${i}`)); enqueue(() => order.push(`job in job ${i}`)); });
    process.nextTick(() => order.push(`tick in tick ${i}`));
  });
});
process.on('exit', () => console.log(order));
