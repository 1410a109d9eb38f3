process.on('uncaughtException', (e, origin) => console.log(origin, e.name, e.code, e.message));
Promise.reject('text');
Promise.reject({ a: 1 });
Promise.reject(undefined);
