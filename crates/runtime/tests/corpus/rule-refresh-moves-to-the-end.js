const log = (...args) => console.log(...args);
const a = setTimeout(() => log('a'), 20);
setTimeout(() => log('b'), 20);
setTimeout(() => a.refresh(), 1);
