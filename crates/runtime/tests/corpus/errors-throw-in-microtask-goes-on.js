process.on('uncaughtException', (e, origin) => console.log('caught', e.message, origin));
queueMicrotask(() => { throw new Error('microtask'); });
queueMicrotask(() => console.log('next microtask'));
process.nextTick(() => console.log('tick'));
