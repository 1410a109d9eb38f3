const log = (...args) => console.log(...args);
Promise.resolve(1).finally(() => 2).then(log);
Promise.reject(3).finally(() => { throw 4; }).catch(log);
Promise.reject(5).finally(() => 6).catch(log);
let p = Promise.resolve(); for (let i = 0; i < 5; i++) p = p.then(() => log('-', i));
