const log = (...args) => console.log(...args);
const a = process.hrtime();
const b = process.hrtime.bigint();
setTimeout(() => { const [s, n] = process.hrtime(a); log(s === 0, n > 9e6, process.hrtime.bigint() > b); }, 10);
