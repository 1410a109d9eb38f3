setTimeout(() => { console.log('timeout'); process.nextTick(() => console.log('tick of timeout')); }, 0);
setImmediate(() => { console.log('immediate'); process.nextTick(() => console.log('tick of immediate')); });
