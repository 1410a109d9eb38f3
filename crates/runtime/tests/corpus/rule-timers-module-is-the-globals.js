const log = (...args) => console.log(...args);
const t = require('timers');
log(Object.keys(t).filter((k) => !k.startsWith('_') && !['active', 'enroll', 'unenroll'].includes(k)), t.setTimeout === setTimeout, t.setImmediate === setImmediate, t.clearTimeout === clearTimeout);
