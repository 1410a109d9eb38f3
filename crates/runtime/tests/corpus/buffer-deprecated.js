// The old ways: new Buffer, SlowBuffer, and what is left of them.
const buffer = require('buffer'); const { Buffer: B, SlowBuffer } = buffer;
process.on('warning', (warning) => console.log(warning.name, warning.code));
console.log(new B('abc'), B('abc'), new B(3), new B([1, 2]), new B('61', 'hex'), SlowBuffer(4).length);
for (const wrong of [() => new B(), () => new B(-1), () => new B({}), () => new B('a', 'nope'), () => SlowBuffer(-1)]) { try { console.log(wrong()); } catch (error) { console.log(error.name, error.code, error.message); } }
console.log(buffer.kMaxLength === buffer.constants.MAX_LENGTH, buffer.kStringMaxLength, buffer.INSPECT_MAX_BYTES, B === Buffer, Object.keys(buffer)); buffer.INSPECT_MAX_BYTES = 2; console.log(Buffer.from('abcdef')); buffer.INSPECT_MAX_BYTES = 50;
