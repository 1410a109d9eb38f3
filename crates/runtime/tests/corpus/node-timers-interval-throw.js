'use strict';
const { mustCall } = require('./lib/common');
let count = 0;
const interval = setInterval(() => {
  console.log('interval', ++count);
  if (count === 3) clearInterval(interval);
  throw new Error(`boom ${count}`);
}, 1);
process.on('uncaughtException', mustCall((error) => console.log(error.message), 3));
