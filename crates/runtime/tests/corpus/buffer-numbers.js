// Reading and writing numbers, in both orders and at the edges.
const b = Buffer.alloc(16);
const show = (name, offset) => console.log(name, offset, b.toString('hex'));
for (const [name, value] of [
  ['writeUInt8', 200], ['writeInt8', -3], ['writeUInt16LE', 0xfffe], ['writeUInt16BE', 0x1234], ['writeInt16LE', -2], ['writeInt16BE', -300],
  ['writeUInt32LE', 4294967294], ['writeUInt32BE', 0xdeadbeef], ['writeInt32LE', -5], ['writeInt32BE', -70000],
  ['writeBigUInt64LE', 2n ** 63n], ['writeBigUInt64BE', 1n], ['writeBigInt64LE', -1n], ['writeBigInt64BE', -(2n ** 63n)],
  ['writeFloatLE', 1.5], ['writeFloatBE', -0.1], ['writeDoubleLE', Math.PI], ['writeDoubleBE', 1e300],
]) {
  b.fill(0);
  show(name, b[name](value, 3));
  console.log(b[name.replace('write', 'read')](3));
}
for (const size of [1, 2, 3, 4, 5, 6]) {
  b.fill(0);
  b.writeUIntLE(2 ** (8 * size) - 2, 0, size);
  b.writeIntBE(-(2 ** (8 * size - 1)), 8, size);
  console.log(size, b.toString('hex'), b.readUIntLE(0, size), b.readUIntBE(0, size), b.readIntLE(8, size), b.readIntBE(8, size));
}
for (const wrong of [
  () => b.readUInt32LE(13), () => b.readInt8(-1), () => b.readInt8(1.5), () => b.readInt8('1'), () => b.writeUInt8(256), () => b.writeInt8(-129),
  () => b.writeUInt16LE(70000), () => b.writeUInt32BE(2 ** 32), () => b.writeInt32LE(2 ** 31), () => b.writeBigInt64LE(2n ** 63n),
  () => b.writeBigInt64LE(1), () => b.readUIntLE(0, 7), () => b.readUIntLE(0), () => b.writeUIntLE(2 ** 48, 0, 6), () => b.readDoubleLE(9),
  () => Buffer.alloc(2).readUInt32LE(), () => b.writeUInt8(1, 16),
]) {
  try { console.log(wrong()); } catch (error) { console.log(error.name, error.code, error.message); }
}
console.log(Buffer.from([1, 2, 3, 4]).swap16(), Buffer.from([1, 2, 3, 4]).swap32(), Buffer.from([1, 2, 3, 4, 5, 6, 7, 8]).swap64());
console.log(Buffer.alloc(200, '0123456789').swap16().toString(), Buffer.alloc(200, '0123456789').swap32().toString(), Buffer.alloc(200, '0123456789').swap64().toString());
try { Buffer.alloc(3).swap16(); } catch (error) { console.log(error.name, error.code, error.message); }
