const log = (...args) => console.log(...args);
const t = setTimeout(() => log('never'), 1000);
setTimeout(() => { t.unref(); log('unref'); }, 1);
