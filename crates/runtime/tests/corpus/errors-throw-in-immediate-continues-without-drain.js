process.on('uncaughtException', (e) => console.log('caught', e.message));
setImmediate(() => { process.nextTick(() => console.log('tick of 1')); setImmediate(() => console.log('queued by 1')); throw new Error('1'); });
setImmediate(() => { console.log('immediate 2'); });
setImmediate(() => { console.log('immediate 3'); throw new Error('3'); });
