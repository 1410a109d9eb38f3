// `crypto`, as far as a simulation needs it: digests, keys from passwords, and random values, which
// the seed decides. Nothing here is secret.

const { Hash, Hmac, hash } = internal.nodeRequire('internal/crypto/hash');
const { pbkdf2, pbkdf2Sync } = internal.nodeRequire('internal/crypto/pbkdf2');
const keys = internal.nodeRequire('internal/crypto/keys');
const random = internal.nodeRequire('internal/crypto/random');
const { timingSafeEqual } = internal.nodeBinding('crypto');

/** The digests that are here, by the names that OpenSSL has for them. */
const HASHES = 'RSA-MD5 RSA-SHA1 RSA-SHA1-2 RSA-SHA224 RSA-SHA256 RSA-SHA384 RSA-SHA512 RSA-SHA512/224 RSA-SHA512/256 md5 ' +
  'md5WithRSAEncryption sha1 sha1WithRSAEncryption sha224 sha224WithRSAEncryption sha256 ' +
  'sha256WithRSAEncryption sha384 sha384WithRSAEncryption sha512 sha512-224 sha512-224WithRSAEncryption ' +
  'sha512-256 sha512-256WithRSAEncryption sha512WithRSAEncryption';

const webcrypto = Object.create(Object.create(Object.prototype, {
  [Symbol.toStringTag]: { value: 'Crypto', configurable: true },
  getRandomValues: { value: (array) => random.getRandomValues(array), enumerable: true, configurable: true, writable: true },
  randomUUID: { value: (options) => random.randomUUID(options), enumerable: true, configurable: true, writable: true },
  subtle: { value: internal.refuser('crypto.subtle'), enumerable: true, configurable: true },
}));

internal.webcrypto = webcrypto;
internal.crypto = {
  createHash(algorithm, options) { return new Hash(algorithm, options); },
  createHmac(algorithm, key, options) { return new Hmac(algorithm, key, options); },
  createPrivateKey: keys.createPrivateKey,
  createPublicKey: keys.createPublicKey,
  createSecretKey: keys.createSecretKey,
  getHashes: () => HASHES.split(' '),
  getRandomValues: webcrypto.getRandomValues,
  hash,
  pbkdf2,
  pbkdf2Sync,
  randomBytes: random.randomBytes,
  randomFill: random.randomFill,
  randomFillSync: random.randomFillSync,
  randomInt: random.randomInt,
  randomUUID: random.randomUUID,
  timingSafeEqual,
  constants: internal.nodeBinding('constants').crypto,
  Hash,
  Hmac,
  KeyObject: keys.KeyObject,
  webcrypto,
};
