const log = (...args) => console.log(...args);
setTimeout(() => log('never'), 100).unref();
setInterval(() => log('never'), 100).unref();
setTimeout(() => log('last'), 5);
process.on('exit', () => log('exit'));
