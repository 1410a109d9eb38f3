const log = (...args) => console.log(...args);
process.on('unhandledRejection', () => {});
Promise.reject(1);
setImmediate(() => log('goes on'));
