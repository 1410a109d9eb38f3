const log = (...args) => console.log(...args);
setTimeout(() => { for (const ms of [1, 2, 3]) setTimeout(() => { log('list', ms); process.nextTick(() => log('tick', ms)); queueMicrotask(() => log('job', ms)); }, ms); const end = Date.now() + 10; while (Date.now() < end); }, 1);
