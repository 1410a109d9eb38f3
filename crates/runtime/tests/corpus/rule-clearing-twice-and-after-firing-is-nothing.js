const log = (...args) => console.log(...args);
const t = setTimeout(() => { log('fired'); clearTimeout(t); clearTimeout(t); }, 1);
setTimeout(() => { clearTimeout(t); log('cleared late'); }, 20);
