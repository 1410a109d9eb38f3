const log = (...args) => console.log(...args);
(async () => { await { then(f) { log('then'); f(); } }; log('thenable'); })();
(async () => { await Promise.resolve(); log('promise'); })();
Promise.resolve().then(() => log(1)).then(() => log(2)).then(() => log(3));
