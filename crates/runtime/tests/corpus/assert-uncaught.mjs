import assert, { strictEqual } from 'node:assert/strict';
strictEqual(1, 1);
assert.deepEqual([1, { a: 2 }], [1, { a: 2 }]);
console.log('before');
assert.equal(2 + 2, 5, 'arithmetic');
