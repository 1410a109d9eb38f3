process.on('exit', (code) => console.log('exit', code, process.exitCode));
setTimeout(() => console.log('timer'), 2);
await new Promise(() => {});
console.log('never');
