// What the library does with arguments that it does not take.
const util = require('util');
const zlib = require('zlib');
const { constants } = require('fs');

const told = (run) => {
  try {
    console.log('fine', run());
  } catch (error) {
    console.log(error.name, error.code, error.message);
  }
};

for (const options of ['', 1, null, {}, { transfer: 1 }, { transfer: '' }, { transfer: null }, { transfer: [1] }]) {
  told(() => structuredClone(undefined, options));
}

told(() => util.deprecate(() => {}, 'old', 7));
told(() => util.inherits(class {}, () => {}));
class Old {
  constructor(value) { this.value = value; }
  static made() { return 'made'; }
  shown() { return this.value; }
}
const Deprecated = util.deprecate(Old, 'Old is old');
console.log(new Deprecated(1).shown(), new Deprecated(2) instanceof Old, Deprecated.made(), Deprecated.prototype === Old.prototype);

told(() => zlib.createBrotliCompress({ params: { [zlib.constants.BROTLI_PARAM_DISABLE_LITERAL_CONTEXT_MODELING]: 42 } }));
console.log(zlib.crc32('', 0xffffffff), zlib.crc32('hello', 0x80000000));
const isKept = (change) => { try { change(); return false; } catch (error) { return error.name; } };
console.log(isKept(() => { 'use strict'; zlib.constants.Z_OK = 1; }));
console.log(isKept(() => { 'use strict'; constants.O_RDONLY = 1; }));
console.log(isKept(() => { 'use strict'; require('os').constants.signals.SIGINT = 1; }));

console.log(require('_stream_readable') === require('stream').Readable, require('node:_stream_transform') === require('stream').Transform);
