'use strict';
process.on('warning', (w) => console.log(w.name, w.message));
process.on('unhandledRejection', () => console.log('unhandled'));
const p = Promise.reject(new Error('x'));
setTimeout(() => p.then(() => {}, () => console.log('handled')), 5);
process.on('rejectionHandled', (promise) => console.log('rejectionHandled', promise === p));
