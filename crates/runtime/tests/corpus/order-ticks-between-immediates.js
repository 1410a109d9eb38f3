setImmediate(() => { console.log('immediate 1'); process.nextTick(() => console.log('tick 1')); Promise.resolve().then(() => console.log('job 1')); setImmediate(() => console.log('next turn')); });
setImmediate(() => { console.log('immediate 2'); process.nextTick(() => console.log('tick 2')); });
setImmediate(() => console.log('immediate 3'));
