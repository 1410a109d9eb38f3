const log = (...args) => console.log(...args);
process.on('exit', () => { log('exit'); setTimeout(() => log('never'), 0); setImmediate(() => log('never')); Promise.resolve().then(() => log('never')); });
