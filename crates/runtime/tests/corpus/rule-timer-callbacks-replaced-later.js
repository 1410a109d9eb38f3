const log = (...args) => console.log(...args);
const t = setTimeout(() => log('old'), 5);
t._onTimeout = () => log('new');
