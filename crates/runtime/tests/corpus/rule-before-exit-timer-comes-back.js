const log = (...args) => console.log(...args);
let n = 0;
process.on('beforeExit', (code) => { log('before', code, ++n); if (n < 3) setTimeout(() => log('work'), 1); });
