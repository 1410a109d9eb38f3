process.on('unhandledRejection', (reason) => console.log('unhandled', reason));
setTimeout(() => { Promise.reject(1); process.nextTick(() => console.log('tick')); Promise.resolve().then(() => console.log('job')); }, 2);
setTimeout(() => console.log('second timer'), 2);
Promise.reject(0);
