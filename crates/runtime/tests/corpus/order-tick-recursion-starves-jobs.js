let n = 0;
function again() { if (++n < 5) { console.log('tick', n); process.nextTick(again); } }
process.nextTick(again);
Promise.resolve().then(() => console.log('job after all ticks'));
