'use strict';
let done = 0;
setImmediate(() => { Promise.resolve().then(() => { done++; }); });
setImmediate(() => { console.log(done); if (done) setImmediate(() => console.log('next', done)); });
process.on('exit', () => console.log('exit', done));
