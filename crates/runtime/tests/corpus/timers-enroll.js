// Objects as timers, by the deprecated functions of `timers`.
const timers = require('timers');
process.on('warning', ({ code }) => console.log('warning', code));
let ticks = 0;
const item = {
  _onTimeout() {
    console.log('item', ++ticks, this === item);
    if (ticks < 3) timers.active(this);
  },
};
timers.enroll(item, 40);
console.log(item._idleTimeout, item._idleNext);
timers.active(item);
console.log(Number.isInteger(item._idleStart), Boolean(item._idleNext), Boolean(item._idlePrev));
setTimeout(() => console.log('timeout', ticks), 100);

const ended = { _onTimeout() { console.log('never'); } };
timers.enroll(ended, 1);
timers.active(ended);
timers.unenroll(ended);
console.log(ended._idleTimeout);
timers.active(ended);

const bogus = { _idleTimeout: undefined };
timers.active(bogus);
console.log(bogus);
for (const delay of ['a', -1, NaN, Infinity]) {
  try {
    timers.enroll({}, delay);
  } catch (error) {
    console.log(error.name, error.code, error.message);
  }
}
const idle = { _onTimeout() { console.log('never'); } };
timers.enroll(idle, 1000);
timers._unrefActive(idle);

const interval = setInterval(() => {
  console.log('interval');
  timers.unenroll(interval);
}, 3);
const emptied = setInterval(() => {
  console.log('emptied');
  emptied._onTimeout = null;
}, 3);
