const log = (...args) => console.log(...args);
setTimeout(() => { setImmediate(() => log('runs')).unref(); setTimeout(() => log('timer'), 5); }, 1);
