const log = (...args) => console.log(...args);
setTimeout(() => { setTimeout(() => log('timer'), 0); setImmediate(() => log('immediate')); }, 1);
