const log = (...args) => console.log(...args);
let n = 0;
process.on('unhandledRejection', (r) => { log('unhandled', r); if (++n < 4) Promise.reject(n); });
Promise.reject(0);
setImmediate(() => log('immediate'));
