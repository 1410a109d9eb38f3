'use strict';
const { mustCall } = require('./lib/common');
process.on('warning', mustCall((w) => console.log(w.name, w.message, w.code, w.detail), 5));
process.emitWarning('A Warning');
process.emitWarning('A Warning', 'CustomWarning', 'CODE001');
process.emitWarning('A Warning', { type: 'CustomWarning', code: 'C2', detail: 'more' });
process.emitWarning(Object.assign(new Error('own'), { name: 'Own' }));
class E extends Error {}
process.emitWarning(new E('sub'));
for (const bad of [1, true, null, undefined, {}, [], () => {}]) {
  try { process.emitWarning(bad); } catch (e) { console.log(e.code, e.message); }
}
for (const args of [['', '', {}], ['', 1], ['', '', '', {}, 1]]) {
  try { process.emitWarning(...args); console.log('ok'); } catch (e) { console.log(e.code, e.message); }
}
process.removeAllListeners('warning');
process.on('warning', mustCall((w) => console.log(w.name, w.message), 6));
