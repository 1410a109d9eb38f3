const log = (...args) => console.log(...args);
process.on('exit', (c) => log('exit', c));
process.on('uncaughtException', () => { throw new Error('again'); });
throw new Error('main');
