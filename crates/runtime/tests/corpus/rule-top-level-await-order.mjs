const log = (...args) => console.log(...args);
log('a');
process.nextTick(() => log('tick'));
await null;
log('b');
await new Promise((r) => setTimeout(r, 5));
log('c');
process.nextTick(() => log('tick 2'));
Promise.resolve().then(() => log('job 2'));
