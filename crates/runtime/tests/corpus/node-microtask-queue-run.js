'use strict';
const { mustCall } = require('./lib/common');
const enqueue = (fn) => Promise.resolve().then(fn);
let done = 0;
for (const start of [(f) => setTimeout(f, 0), (f) => setTimeout(f, 0)]) {
  start(() => { enqueue(() => { done++; }); });
  start(() => { console.log(done); });
}
process.on('exit', () => console.log('done', done));
