// Whatever a program throws says nothing of its memory.
process.on('uncaughtException', (error, origin) => {
  console.log(origin, error === null ? error : `${error.name}: ${error.message} ${error.code}`);
});
setTimeout(() => { throw null; });
setTimeout(() => {
  const error = new Error('out of memory');
  error.name = 'InternalError';
  throw error;
}, 1);
setImmediate(() => Promise.reject(null));
queueMicrotask(() => { throw null; });
process.on('exit', () => { throw null; });
throw null;
