const log = (...args) => console.log(...args);
async function* a() { yield 1; yield 2; }
async function* b() { yield* a(); yield* [3, 4]; }
(async () => { for await (const v of b()) log(v); })();
let p = Promise.resolve(); for (let i = 0; i < 20; i++) p = p.then(() => log('-', i));
