const log = (...args) => console.log(...args);
(async () => Promise.resolve())().then(() => log('async return'));
Promise.resolve().then(() => Promise.resolve()).then(() => log('then return'));
let p = Promise.resolve(); for (let i = 1; i < 6; i++) p = p.then(() => log(i));
