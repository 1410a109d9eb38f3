const log = (...args) => console.log(...args);
const t = (n) => ({ then(f) { log('then', n); f(n); } });
Promise.resolve(t(1)).then(log);
Promise.resolve().then(() => t(2)).then(log);
let p = Promise.resolve(); for (let i = 0; i < 5; i++) p = p.then(() => log('-', i));
