// Node sets up stdout in the first write, which takes some milliseconds: a timer set after it can
// be due later than a longer one set before.
setTimeout(() => console.log('four, set before'), 4);
console.log('first write');
setTimeout(() => console.log('one, set after'), 1);
