const log = (...args) => console.log(...args);
async function* g() { log('begin'); yield 1; yield Promise.resolve(2); try { yield 3; } finally { log('closed'); } }
(async () => { for await (const v of g()) { log(v); if (v === 3) break; } log('over'); })();
let p = Promise.resolve(); for (let i = 0; i < 14; i++) p = p.then(() => log('-', i));
