'use strict';
const assert = require('assert');
for (const code of ['', 'x', {}, [], true, 1.5, NaN, Infinity, '1.5', () => {}, Symbol('s'), 5n]) {
  try { process.exitCode = code; console.log('set'); } catch (e) { console.log(e.code, e.message); }
  try { process.exit(code); } catch (e) { console.log(e.code, e.message); }
}
process.exitCode = '9';
assert.strictEqual(process.exitCode, '9');
process.exitCode = undefined;
process.exitCode = null;
process.on('exit', (code) => { console.log(code, process.exitCode); process.exitCode = 42; });
