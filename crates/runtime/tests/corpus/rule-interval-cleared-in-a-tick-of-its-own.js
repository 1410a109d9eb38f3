const log = (...args) => console.log(...args);
const i = setInterval(() => { log('once'); process.nextTick(() => clearInterval(i)); }, 1);
