'use strict';
const { mustCall } = require('./lib/common');
let called = false;
const scenarios = [() => setTimeout(() => { called = true; }, 1)];
setTimeout(mustCall(() => {
  scenarios[0]();
  process.nextTick(mustCall(() => console.log('tick', called)));
  setImmediate(mustCall(() => console.log('immediate', called)));
}), 1);
