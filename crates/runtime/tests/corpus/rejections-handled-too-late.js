process.on('unhandledRejection', (reason, promise) => { console.log('unhandled', reason.message, promise instanceof Promise); });
process.on('rejectionHandled', (promise) => console.log('handled after all', promise instanceof Promise));
const p = Promise.reject(new Error('r'));
setTimeout(() => p.catch((e) => console.log('caught', e.message)), 2);
setTimeout(() => console.log('end'), 10);
