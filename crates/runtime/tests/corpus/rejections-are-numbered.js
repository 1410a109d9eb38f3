// Warnings of rejections that are handled late tell which.
process.on('unhandledRejection', (reason) => console.log('unhandled', reason));
process.on('warning', ({ name, message, id }) => console.log(name, message, id));
const first = Promise.reject(1);
const second = Promise.reject(2);
Promise.reject(3).catch(() => {});
setTimeout(() => {
  second.catch(() => {});
  first.catch(() => {});
}, 1);
setTimeout(() => {
  process.on('rejectionHandled', (promise) => promise.catch((reason) => console.log('handled', reason)));
  Promise.reject(new Proxy({}, {}));
  const third = Promise.reject(4);
  setTimeout(() => third.catch(() => {}), 1);
}, 5);
