// The rest of the ticks waits for the next drain; the jobs too.
process.on('uncaughtException', (e) => console.log('caught', e.message));
process.nextTick(() => { throw new Error('first tick'); });
process.nextTick(() => console.log('second tick'));
Promise.resolve().then(() => console.log('job'));
