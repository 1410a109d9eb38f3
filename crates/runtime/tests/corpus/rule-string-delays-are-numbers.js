const log = (...args) => console.log(...args);
setTimeout(log, '30', 'thirty');
setTimeout(log, 15, 'fifteen');
log(setTimeout(() => {}, '7')._idleTimeout, setTimeout(() => {}, { valueOf: () => 9 })._idleTimeout);
