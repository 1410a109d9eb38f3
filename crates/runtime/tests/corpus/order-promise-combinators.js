const p = (v, hops) => { let q = Promise.resolve(v); while (hops--) q = q.then((x) => x); return q; };
Promise.all([p(1, 3), p(2, 1), 3]).then((v) => console.log('all', v));
Promise.race([p('slow', 4), p('fast', 1)]).then((v) => console.log('race', v));
Promise.allSettled([p(1, 2), Promise.reject(new Error('no')).catch((e) => { throw e.message; })]).then((v) => console.log('settled', v));
Promise.any([Promise.reject(1), p('any', 2)]).then((v) => console.log('any', v));
Promise.any([Promise.reject(1), Promise.reject(2)]).catch((e) => console.log(e.constructor.name, e.message, e.errors));
p('finally', 0).finally(() => console.log('in finally')).then(console.log);
Promise.reject(new Error('kept')).finally(() => 1).catch((e) => console.log(e.message));
