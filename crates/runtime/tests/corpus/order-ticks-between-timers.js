// Two timers of one list: ticks and jobs run between them.
setTimeout(() => { console.log('timer 1'); process.nextTick(() => console.log('tick 1')); Promise.resolve().then(() => console.log('job 1')); }, 5);
setTimeout(() => { console.log('timer 2'); process.nextTick(() => console.log('tick 2')); Promise.resolve().then(() => console.log('job 2')); }, 5);
