// Digests: names, encodings, copies, streams, what is refused.
const crypto = require('crypto');
const { pipeline } = require('stream/promises');
const { Readable } = require('stream');
for (const name of ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512', 'sha512-224', 'sha512-256', 'SHA256', 'SHA-256', 'sha-1', 'RSA-SHA256', 'sha512/256'.replace('/', '-')]) {
  console.log(name, crypto.createHash(name).update('héllo').update(Buffer.from([0, 255])).digest('hex'), crypto.createHmac(name, 'key').update('data').digest('base64'), crypto.createHmac(name, Buffer.alloc(200, 'k')).update('').digest('hex').slice(0, 16));
}
const hash = crypto.createHash('sha256'); hash.update('a'); const copy = hash.copy(); copy.update('b'); console.log(hash.digest('hex'), copy.digest('latin1').length, crypto.createHash('md5').update('61', 'hex').digest(), crypto.createHash('sha1').update(new Uint16Array([1, 2])).digest('base64url'));
console.log(crypto.hash('sha1', 'x'), crypto.hash('md5', Buffer.from('x'), 'base64'), crypto.hash('sha256', 'x', 'buffer'), crypto.createHash('md5') instanceof crypto.Hash, crypto.createHmac('md5', '') instanceof crypto.Hmac);
for (const wrong of [() => crypto.createHash('nope'), () => crypto.createHash(5), () => crypto.createHash('md5').update(5), () => crypto.createHash('md5').update(), () => hash.update('x'), () => hash.digest(), () => hash.copy(), () => crypto.createHmac('nope', 'k'), () => crypto.createHmac('md5'), () => crypto.createHmac('md5', 5), () => crypto.hash('nope', 'x'), () => crypto.hash('md5', 5), () => crypto.hash('md5', 'x', 'nope'), () => crypto.createHash('md5').update('a', 'nope').digest('hex')]) {
  try { console.log(wrong()); } catch (error) { console.log(error.name, error.code, error.message); }
}
const hmac = crypto.createHmac('sha1', 'k').update('x'); console.log(hmac.digest('hex'), JSON.stringify(hmac.digest('hex')));
console.log(crypto.timingSafeEqual(Buffer.from('ab'), Buffer.from('ab')), crypto.timingSafeEqual(Buffer.from('ab'), new Uint8Array([97, 99])));
for (const wrong of [() => crypto.timingSafeEqual(Buffer.from('a'), Buffer.from('ab')), () => crypto.timingSafeEqual('a', Buffer.from('a')), () => crypto.timingSafeEqual(Buffer.from('a'), 5)]) { try { console.log(wrong()); } catch (error) { console.log(error.name, error.code, error.message); } }
(async () => {
  const streamed = crypto.createHash('sha256'); await pipeline(Readable.from(['a', 'b']), streamed); console.log(streamed.read().toString('hex'));
  for await (const part of Readable.from(['x']).pipe(crypto.createHmac('sha1', 'k').setEncoding('hex'))) console.log(part);
  console.log(crypto.pbkdf2Sync('password', 'salt', 1000, 40, 'sha512').toString('hex'), crypto.pbkdf2Sync(Buffer.from('p'), Buffer.from('s'), 1, 0, 'md5'));
  crypto.pbkdf2('password', 'salt', 2, 20, 'sha1', (error, key) => console.log(error, key.toString('hex')));
  for (const wrong of [() => crypto.pbkdf2Sync('p', 's', 0, 1, 'md5'), () => crypto.pbkdf2Sync('p', 's', 1, -1, 'md5'), () => crypto.pbkdf2Sync(5, 's', 1, 1, 'md5'), () => crypto.pbkdf2Sync('p', 's', 1, 1), () => crypto.pbkdf2Sync('p', 's', 1, 1, 'nope'), () => crypto.pbkdf2('p', 's', 1, 1, 'md5')]) { try { console.log(wrong()); } catch (error) { console.log(error.name, error.code, error.message); } }
})();
