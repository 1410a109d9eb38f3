const log = (...args) => console.log(...args);
process.on('exit', (c) => log('exit', c));
setTimeout(() => log('never'), 1);
await Promise.reject(new Error('top'));
