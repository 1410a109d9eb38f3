// `crypto`, as far as a simulation needs it: digests, keys from passwords, and random values, which
// the seed decides. Nothing here is secret.

const { Hash, Hmac, hash } = internal.nodeRequire('internal/crypto/hash');
const { pbkdf2, pbkdf2Sync } = internal.nodeRequire('internal/crypto/pbkdf2');
const random = internal.nodeRequire('internal/crypto/random');
const { timingSafeEqual } = internal.nodeBinding('crypto');

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
  /** Only the version, which Node's own tests look at. */
  constants: { OPENSSL_VERSION_NUMBER: 0x30000130 },
  Hash,
  Hmac,
  webcrypto,
};
