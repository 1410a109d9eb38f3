const log = (...args) => console.log(...args);
Promise.all([1, Promise.resolve(2)]).then((v) => log('all', v));
Promise.race([1, 2]).then((v) => log('race', v));
Promise.any([Promise.reject(1), 2]).then((v) => log('any', v));
Promise.allSettled([1]).then((v) => log('settled', v));
let p = Promise.resolve(); for (let i = 0; i < 6; i++) p = p.then(() => log(i));
