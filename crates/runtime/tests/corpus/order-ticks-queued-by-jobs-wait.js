// A tick queued inside a promise job waits until the job queue is empty.
Promise.resolve()
  .then(() => { console.log('job 1'); process.nextTick(() => console.log('tick from job')); })
  .then(() => console.log('job 2'))
  .then(() => console.log('job 3'));
process.nextTick(() => {
  console.log('tick 1');
  process.nextTick(() => console.log('tick from tick'));
  Promise.resolve().then(() => console.log('job from tick'));
});
