const log = (...args) => console.log(...args);
process.nextTick(function(...a) { log(a, this === undefined || this === globalThis || this === process); }, 1, 2, 3, 4, 5);
