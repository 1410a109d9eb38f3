// From a callback of I/O, an immediate runs before a timeout of 0, always.
const fs = require('fs');
let left = 5;
(function again() {
  fs.stat('/tmp', (error) => {
    console.log(error);
    setTimeout(() => console.log('timeout'), 0);
    setImmediate(() => {
      console.log('immediate');
      setTimeout(() => { if (--left > 0) again(); }, 5);
    });
    process.nextTick(() => console.log('tick'));
    Promise.resolve().then(() => console.log('microtask'));
  });
})();
