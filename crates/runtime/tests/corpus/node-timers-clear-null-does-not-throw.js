'use strict';
const assert = require('assert');
for (const clear of [clearTimeout, clearInterval, clearImmediate]) {
  for (const value of [null, undefined, {}, [], '', 0, NaN, () => {}]) {
    assert.strictEqual(clear(value), undefined);
  }
}
console.log('ok');
