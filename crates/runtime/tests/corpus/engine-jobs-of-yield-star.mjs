async function t(name, make) { const log = []; const p = (async () => { await make(); log.push('D'); })(); for (let n = 0; n < 14; n++) { await null; log.push(n); } await p; console.log(name, log.join(' ')); }
const inner = async function* () { yield 1 };
await t('return', async () => { const i = (async function* () { yield* inner() })(); await i.next(); await i.return(1) });
await t('break', async () => { for await (const x of (async function* () { yield* inner() })()) break; });
await t('throw', async () => { const i = (async function* () { yield* inner() })(); await i.next(); await i.throw(1).catch(() => {}) });
await t('no return', async () => { const it = { [Symbol.asyncIterator]() { return { next: async () => ({ value: 1 }) } } }; const i = (async function* () { yield* it })(); await i.next(); await i.return(1) });
await t('sync', async () => { const i = (async function* () { yield* [1, 2] })(); await i.next(); await i.return(1) });
await t('sync throw', async () => { const i = (async function* () { yield* [1, 2] })(); await i.next(); await i.throw(new Error('x')).catch((e) => console.log(e.message)) });
await t('plain return', async () => { const i = inner(); await i.next(); await i.return(1) });
await t('return value', async () => { const i = (async function* () { return 1 })(); await i.next() });
await t('finally', async () => { const i = (async function* () { try { yield* inner() } finally { await null } })(); await i.next(); await i.return(1) });
await t('fa throw', async () => { try { for await (const x of inner()) throw 1 } catch {} });
await t('fa done', async () => { for await (const x of inner()); });
await t('fa sync throw', async () => { try { for await (const x of [1]) throw 1 } catch {} });
await t('fa return promise', async () => { await (async () => { for await (const x of inner()) return Promise.resolve(1) })() });
