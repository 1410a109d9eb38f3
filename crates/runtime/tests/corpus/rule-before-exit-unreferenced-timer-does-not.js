const log = (...args) => console.log(...args);
process.on('beforeExit', () => { log('before'); setTimeout(() => log('never'), 1).unref(); });
