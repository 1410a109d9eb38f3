const log = (...args) => console.log(...args);
const i = setInterval(() => { log('once'); Promise.resolve().then(() => clearInterval(i)); }, 1);
