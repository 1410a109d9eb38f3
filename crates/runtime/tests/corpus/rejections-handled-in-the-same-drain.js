const p = Promise.reject(new Error('late'));
process.nextTick(() => p.catch((e) => console.log('caught in tick', e.message)));
const q = Promise.reject(new Error('later'));
Promise.resolve().then(() => 1).then(() => q.catch((e) => console.log('caught in job', e.message)));
