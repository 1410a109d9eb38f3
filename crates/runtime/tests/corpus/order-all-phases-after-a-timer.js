setTimeout(() => {
  console.log('timer');
  setImmediate(() => { console.log('immediate'); });
  process.nextTick(() => console.log('tick'));
  Promise.resolve().then(() => { console.log('job'); process.nextTick(() => console.log('tick from job')); });
  queueMicrotask(() => console.log('microtask'));
}, 5);
setTimeout(() => console.log('much later'), 60);
