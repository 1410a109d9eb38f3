const log = (...args) => console.log(...args);
const begun = Date.now();
setTimeout(() => { const took = Date.now() - begun; log(took >= 49, took < 200); }, 50);
