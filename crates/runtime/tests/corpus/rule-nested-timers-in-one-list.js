const log = (...args) => console.log(...args);
let n = 0;
(function again() { if (++n <= 5) { log(n); setTimeout(again, 2); } })();
setTimeout(() => log('other'), 100);
