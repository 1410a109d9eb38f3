const log = (...args) => console.log(...args);
const s = AbortSignal.timeout(5);
s.onabort = () => { log('abort'); process.nextTick(() => log('tick')); };
setTimeout(() => log('kept alive'), 30);
