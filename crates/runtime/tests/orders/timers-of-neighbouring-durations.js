// Each reads the clock when it is set: a stall of a millisecond between the two turns them round.
setTimeout(() => console.log('two'), 2);
setTimeout(() => console.log('one'), 1);
