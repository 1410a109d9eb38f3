// ES module main: its code is a promise job, so jobs drain before the first tick.
Promise.resolve().then(() => console.log('microtask')).then(() => console.log('microtask 2'));
process.nextTick(() => console.log('tick'));
console.log('main');
