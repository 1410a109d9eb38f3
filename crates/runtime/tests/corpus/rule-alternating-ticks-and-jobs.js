const log = (...args) => console.log(...args);
function tick(n) { if (n > 0) process.nextTick(() => { log('tick', n); Promise.resolve().then(() => job(n - 1)); }); }
function job(n) { log('job', n); tick(n); }
tick(4);
