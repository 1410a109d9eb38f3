const log = (...args) => console.log(...args);
(async () => { throw new Error('x'); })().catch(() => log('caught'));
Promise.reject().catch(() => log('rejected'));
(async () => { try { await Promise.reject(1); } catch { log('inner'); } finally { log('finally'); } })();
Promise.resolve().then(() => log(1)).then(() => log(2)).then(() => log(3));
