'use strict';
process.on('uncaughtExceptionMonitor', (e, origin) => console.log('monitor', e.message, origin));
process.once('uncaughtException', (e, origin) => console.log('handler', e.message, origin));
setTimeout(() => { throw new Error('a'); }, 1);
setTimeout(() => { Promise.reject(new Error('b')); }, 20);
process.on('exit', (code) => console.log('exit', code));
