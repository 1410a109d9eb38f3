const log = (...args) => console.log(...args);
new Promise((r) => r(Promise.resolve('inner'))).then(log);
Promise.resolve(Promise.resolve('same')).then(log);
let p = Promise.resolve(); for (let i = 1; i < 5; i++) p = p.then(() => log(i));
