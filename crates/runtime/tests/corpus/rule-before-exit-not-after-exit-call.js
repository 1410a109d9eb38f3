const log = (...args) => console.log(...args);
process.on('beforeExit', () => log('before'));
process.on('exit', () => log('exit'));
setTimeout(() => process.exit(), 1);
