process.on('exit', () => { console.log('exit'); Promise.resolve().then(() => console.log('job')); process.nextTick(() => console.log('never')); });
process.on('beforeExit', () => { process.nextTick(() => console.log('tick')); Promise.resolve().then(() => console.log('job')); });
