const { promisify, callbackify } = require('util');
const later = (value, cb) => setTimeout(cb, 1, value instanceof Error ? value : null, value);
promisify(later)('value').then(console.log);
promisify(later)(new Error('reason')).catch((e) => console.log('rejected', e.message));
promisify(setTimeout)(5, 'from timer').then(console.log);
setTimeout(() => promisify(setImmediate)('from immediate').then(console.log), 20);
callbackify(async (x) => x * 2)(21, (error, value) => console.log('callback', error, value));
callbackify(async () => { throw new Error('bad'); })((error) => console.log('callback', error.message));
