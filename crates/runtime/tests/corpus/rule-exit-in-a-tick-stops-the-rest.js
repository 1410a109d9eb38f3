const log = (...args) => console.log(...args);
process.nextTick(() => process.exit(2));
process.nextTick(() => log('never'));
