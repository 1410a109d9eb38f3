const log = (...args) => console.log(...args);
const a = setTimeout(() => log('never'), 5);
log(a.close() === a);
