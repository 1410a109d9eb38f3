process.on('uncaughtExceptionMonitor', (e, origin) => console.log('monitor', e.message, origin));
process.on('exit', (code) => { console.log('exit', code); process.exitCode = 9; });
throw new Error('seen');
