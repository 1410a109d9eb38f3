'use strict';
process.on('unhandledRejection', () => { throw new Error('from handler'); });
process.on('uncaughtException', (e, origin) => console.log('uncaught', e.message, origin));
Promise.reject(new Error('first'));
setImmediate(() => console.log('goes on'));
