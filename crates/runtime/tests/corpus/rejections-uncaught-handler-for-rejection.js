process.on('uncaughtException', (e, origin) => console.log('caught', e.message, origin));
(async () => { throw new Error('async'); })();
setTimeout(() => console.log('goes on'), 5);
