// Buffers from strings, arrays, other buffers; allocation and filling.
console.log(Buffer.from('hello'), Buffer.from([1, 2, 300, -1, 'a', 4.7]), Buffer.from('ÿé€😀'));
console.log(Buffer.alloc(5), Buffer.alloc(5, 1), Buffer.alloc(7, 'abc'), Buffer.alloc(6, 'YWI=', 'base64'));
console.log(Buffer.from(new Uint16Array([1, 257])), Buffer.from(new Uint8Array([1, 2, 3]).buffer, 1, 2));
console.log(Buffer.from({ type: 'Buffer', data: [1, 2] }), Buffer.from(new String('abc')), Buffer.from(Buffer.from('x')));
console.log(Buffer.from({ length: 3, 0: 7 }), Buffer.of(1, 2, 3));
console.log(Buffer.allocUnsafe(10).length, Buffer.allocUnsafeSlow(3).length);
console.log(JSON.stringify(Buffer.from('ab')), Buffer.from('ab').toJSON());
console.log(Buffer.isBuffer(Buffer.alloc(1)), Buffer.isBuffer(new Uint8Array(1)), Buffer.isEncoding('UTF-8'), Buffer.isEncoding('nope'));
console.log(Buffer.concat([Buffer.from('a'), new Uint8Array([98]), Buffer.from('c')]), Buffer.concat([Buffer.from('abc')], 2), Buffer.concat([], 4));
for (const make of [
  () => Buffer.from(), () => Buffer.from(null), () => Buffer.from(5), () => Buffer.from({}), () => Buffer.alloc(-1),
  () => Buffer.alloc('5'), () => Buffer.from('a', 'nope'), () => Buffer.alloc(4, ''), () => Buffer.alloc(4, 'zz', 'hex'),
  () => Buffer.concat('x'), () => Buffer.concat([1]), () => Buffer.from(new ArrayBuffer(2), 5), () => Buffer.alloc(2 ** 53),
  () => Buffer.from(Symbol('x')), () => Buffer.from(new ArrayBuffer(4), 1, 9),
]) {
  try {
    console.log(make());
  } catch (error) {
    console.log(error.name, error.code, error.message);
  }
}
const long = Buffer.alloc(60, 'x');
console.log(long);
long.extra = { a: 1 };
console.log(long, [Buffer.from('in an array')]);
console.log(Buffer.poolSize, require('buffer').constants, require('buffer').INSPECT_MAX_BYTES);
console.log(Buffer.copyBytesFrom(new Uint16Array([1, 2, 3]), 1, 1));
console.log(Object.prototype.toString.call(Buffer.alloc(1)), Buffer.name, Buffer.length, typeof Buffer);
