const log = (...args) => console.log(...args);
(async () => { for await (const v of [1, Promise.resolve(2), 3]) log(v); })();
let p = Promise.resolve(); for (let i = 0; i < 9; i++) p = p.then(() => log('-', i));
