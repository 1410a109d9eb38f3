process.on('exit', (code) => console.log('exit', code));
Promise.reject(new Error('nobody'));
process.nextTick(() => console.log('ticks still run'));
Promise.resolve().then(() => console.log('jobs still run'));
setImmediate(() => console.log('never'));
