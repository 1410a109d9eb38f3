'use strict';
process.on('uncaughtException', (e, origin) => console.log(e.name, e.code, e.message.split('\n').pop(), origin));
for (const reason of [Symbol('test'), null, undefined, 42, 'text', { a: 1 }, [1], () => {}, 5n]) Promise.reject(reason);
