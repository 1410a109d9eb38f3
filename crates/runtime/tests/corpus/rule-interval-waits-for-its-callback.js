const log = (...args) => console.log(...args);
let n = 0;
const i = setInterval(() => { log(++n); const end = Date.now() + 30; while (Date.now() < end); if (n === 3) clearInterval(i); }, 10);
