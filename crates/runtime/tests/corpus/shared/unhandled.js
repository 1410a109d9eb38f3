// What is told of rejections that nobody handles, with and without listeners.
const words = (value) => (value instanceof Error ? value.message : String(value)).split('\n')[0];
process.on('warning', (warning) => console.log('warning', warning.name, words(warning)));
process.on('uncaughtException', (error, origin) => console.log('uncaught', origin, error.code, words(error)));
process.on('exit', (code) => console.log('exit', code, process.execArgv.join()));
Promise.reject(new Error('an error'));
Promise.reject('a text');
const late = Promise.reject(Symbol('late'));
setTimeout(() => {
  late.catch(() => console.log('handled late'));
  process.on('unhandledRejection', (reason) => console.log('unhandled', words(reason)));
  Promise.reject(new Error('heard'));
}, 1);
setTimeout(() => {
  process.removeAllListeners('unhandledRejection');
  process.removeAllListeners('uncaughtException');
  Promise.reject({ an: 'object' });
  setImmediate(() => console.log('still here'));
}, 30);
