// From inside an immediate, a new immediate and a timer: the immediate belongs to the next turn's check.
setImmediate(() => {
  setImmediate(() => console.log('second immediate'));
  process.nextTick(() => console.log('tick'));
  console.log('first immediate');
});
