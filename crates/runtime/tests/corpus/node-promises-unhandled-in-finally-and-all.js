'use strict';
process.on('unhandledRejection', (e) => console.log('unhandled', e));
Promise.reject('a').finally(() => console.log('finally'));
Promise.all([Promise.reject('b'), Promise.reject('c')]).catch((e) => console.log('all', e));
Promise.allSettled([Promise.reject('d'), 1]).then((r) => console.log(r.map((x) => x.status)));
Promise.race([Promise.reject('e'), Promise.resolve('f')]).then(console.log, (e) => console.log('race', e));
Promise.any([Promise.reject('g'), Promise.resolve('h')]).then((v) => console.log('any', v));
Promise.any([Promise.reject('i')]).catch((e) => console.log(e.constructor.name, e.errors, e.message));
