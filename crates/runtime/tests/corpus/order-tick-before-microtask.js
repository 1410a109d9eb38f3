// CommonJS main: ticks first, then promise jobs.
Promise.resolve().then(() => console.log('microtask'));
process.nextTick(() => console.log('tick'));
console.log('main');
