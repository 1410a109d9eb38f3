'use strict';
process.on('unhandledRejection', (e) => console.log('unhandled', e.message));
const p = new Promise((_, reject) => reject(new Error('one')));
queueMicrotask(() => queueMicrotask(() => p.catch((e) => console.log('caught', e.message))));
const q = Promise.reject(new Error('two'));
setImmediate(() => q.catch((e) => console.log('late', e.message)));
let r;
process.nextTick(() => { r = Promise.reject(new Error('three')); process.nextTick(() => r.catch((e) => console.log('caught', e.message))); });
