const log = (...args) => console.log(...args);
process.on('warning', () => {});
for (const ms of [-1, NaN, Infinity, 2 ** 31, 0, undefined, null, 'x', '']) setTimeout(() => log(String(ms)), ms);
const slow = setTimeout(() => {}, 5); log(slow._idleTimeout);
