const log = (...args) => console.log(...args);
for (const i of [1, 2, 3]) setTimeout(() => { log('timer', i); process.nextTick(() => log('tick', i)); Promise.resolve().then(() => log('job', i)); }, 1);
