const log = (...args) => console.log(...args);
Promise.resolve().then(() => { log('a'); process.exit(4); }).then(() => log('never'));
Promise.resolve().then(() => log('never'));
process.on('exit', (c) => log('exit', c));
