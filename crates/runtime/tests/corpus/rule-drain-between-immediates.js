const log = (...args) => console.log(...args);
for (const i of [1, 2, 3]) setImmediate(() => { log('immediate', i); process.nextTick(() => log('tick', i)); Promise.resolve().then(() => log('job', i)); });
