const log = (...args) => console.log(...args);
setTimeout(log, 5.9, 'a');
setTimeout(log, 5.1, 'b');
setTimeout(log, 5, 'c');
