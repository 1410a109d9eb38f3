process.on('uncaughtException', (e) => { console.log('caught', e.message); });
setTimeout(() => { process.nextTick(() => console.log('tick of 1')); throw new Error('1'); }, 5);
setTimeout(() => { console.log('timer 2'); process.nextTick(() => console.log('tick of 2')); }, 5);
setTimeout(() => console.log('timer 3'), 5);
// All three are due when the first one fires.
for (const set = Date.now(); Date.now() < set + 20;);
