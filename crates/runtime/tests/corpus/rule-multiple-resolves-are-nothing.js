const log = (...args) => console.log(...args);
const p = new Promise((y, n) => { y(1); y(2); n(3); });
p.then(log);
new Promise((y, n) => { n(1); throw new Error('ignored'); }).catch(log);
