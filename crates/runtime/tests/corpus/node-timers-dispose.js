'use strict';
const { mustNotCall } = require('./lib/common');
console.log(typeof Symbol.dispose);
if (Symbol.dispose) {
  setTimeout(mustNotCall(), 1)[Symbol.dispose]();
  setInterval(mustNotCall(), 1)[Symbol.dispose]();
  setImmediate(mustNotCall())[Symbol.dispose]();
}
setTimeout(mustNotCall(), 1).close();
