// A module is run from the poll phase: the immediate is first, always.
setTimeout(() => console.log('timeout'), 0);
setImmediate(() => console.log('immediate'));
