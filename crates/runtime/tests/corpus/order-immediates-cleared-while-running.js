const c = setImmediate(() => console.log('never: cleared by callback'));
setImmediate(() => { console.log('first'); clearImmediate(b); process.nextTick(() => clearImmediate(d)); });
const b = setImmediate(() => console.log('never'));
const d = setImmediate(() => console.log('never: cleared by a tick'));
setImmediate(() => console.log('last'));
clearImmediate(c);
