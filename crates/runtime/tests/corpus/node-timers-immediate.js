'use strict';
const { mustCall } = require('./lib/common');
const assert = require('assert');
let mainFinished = false;
setImmediate(mustCall(() => { assert.strictEqual(mainFinished, true); clearImmediate(immediateB); console.log('A'); }));
const immediateB = setImmediate(() => console.log('B never'));
setImmediate(mustCall((...args) => { assert.deepStrictEqual(args, [1, 2, 3]); console.log('C', args); }), 1, 2, 3);
setImmediate(mustCall((...args) => { console.log(args.length); }), 1, 2, 3, 4, 5);
mainFinished = true;
