const log = (...args) => console.log(...args);
setImmediate(() => { setTimeout(() => log('timer'), 50); setImmediate(() => { log('1'); setImmediate(() => log('2')); }); });
