process.on('exit', (code) => console.log('exit', code));
console.log('before');
await null;
throw new RangeError('in module');
