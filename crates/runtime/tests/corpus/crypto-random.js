// Random values: what is the same whatever they are.
const crypto = require('crypto');
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
console.log(uuid.test(crypto.randomUUID()), uuid.test(globalThis.crypto.randomUUID()), uuid.test(crypto.randomUUID({ disableEntropyCache: true })), new Set(Array.from({ length: 500 }, () => crypto.randomUUID())).size);
console.log(crypto.randomBytes(8).length, Buffer.isBuffer(crypto.randomBytes(1)), crypto.randomBytes(0), crypto.randomBytes(32).equals(crypto.randomBytes(32)));
const array = new Uint32Array(4); console.log(crypto.getRandomValues(array) === array, array.some((n) => n > 0), globalThis.crypto.getRandomValues(new Uint8Array(3)).length, crypto.webcrypto === globalThis.crypto, String(globalThis.crypto));
const filled = crypto.randomFillSync(Buffer.alloc(10), 5, 3); console.log(filled.subarray(0, 5), filled.subarray(8));
const numbers = Array.from({ length: 200 }, () => crypto.randomInt(3)); console.log([...new Set(numbers)].sort(), Array.from({ length: 100 }, () => crypto.randomInt(-5, -2)).every((n) => n >= -5 && n < -2));
for (const wrong of [() => crypto.randomBytes(-1), () => crypto.randomBytes('1'), () => crypto.randomInt(0), () => crypto.randomInt(5, 1), () => crypto.randomInt(1.5), () => crypto.randomInt(0, 2 ** 49), () => crypto.randomFillSync('x'), () => crypto.randomFillSync(Buffer.alloc(2), 3), () => crypto.getRandomValues(new Float32Array(1)), () => crypto.getRandomValues(new Uint8Array(65537)), () => crypto.randomUUID(5), () => crypto.randomUUID({ disableEntropyCache: 5 })]) {
  try { console.log(wrong()); } catch (error) { console.log(error.name, error.code, error.message); }
}
crypto.randomBytes(4, (error, bytes) => { console.log('bytes', error, bytes.length); crypto.randomInt(10, (e, n) => { console.log('int', e, n >= 0 && n < 10); crypto.randomFill(new Uint8Array(3), (err, view) => { console.log('fill', err, view.length); require('util').promisify(crypto.randomBytes)(2).then((some) => console.log('promised', some.length)); }); }); });
