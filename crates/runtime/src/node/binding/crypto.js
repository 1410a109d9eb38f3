// Digests, and random bytes that the seed decides.

const native = host.native('hash');
const { bytesOf } = internal.nodeBinding('buffer');

/** Digests that OpenSSL has and the runtime has not. */
const REFUSED = /^(rsa-)?(blake2|md4|md5-sha1|ripemd|rmd160|sha3-|shake|sm3|whirlpool|ssl3-|id-rsassa)/;

/** The digest's own name for one of its many. */
function nameOf(algorithm) {
  const name = algorithm.toLowerCase().replace(/^rsa-/, '').replace(/withrsaencryption$/, '').replace(/^sha2?-(?=\d)/, 'sha').replace('/', '-');
  if (REFUSED.test(name)) throw internal.refuse(`the digest ${algorithm}`);
  return name;
}

function bytes(data, encoding) {
  if (typeof data !== 'string') return bytesOf(data);
  const { Buffer } = internal.nodeRequire('buffer');
  return Buffer.from(data, Buffer.isEncoding(encoding) ? encoding : 'utf8');
}

function encoded(digest, encoding) {
  const { Buffer } = internal.nodeRequire('buffer');
  const buffer = Buffer.from(digest.buffer, digest.byteOffset, digest.length);
  return encoding && encoding !== 'buffer' ? buffer.toString(encoding) : buffer;
}

class Hash {
  #hasher;

  constructor(algorithm, outputLength) {
    this.#hasher = algorithm instanceof Hash ? algorithm.#hasher.copy() : native.hasher(nameOf(algorithm));
    if (this.#hasher === null || this.#hasher === undefined) throw new Error('Digest method not supported');
    if (outputLength !== undefined && outputLength !== this.#hasher.digest().length) {
      throw internal.refuse('crypto.createHash with the option outputLength');
    }
  }

  update(data, encoding) {
    this.#hasher.update(bytes(data, encoding));
    return true;
  }

  digest(encoding) { return encoded(this.#hasher.digest(), encoding); }
}

class Hmac {
  #mac;

  init(algorithm, key) {
    this.#mac = native.mac(nameOf(algorithm), key instanceof KeyObjectHandle ? key.bytes : bytesOf(key));
    if (this.#mac == null) {
      throw internal.codedError(TypeError, 'ERR_CRYPTO_INVALID_DIGEST', `Invalid digest: ${algorithm}`);
    }
  }

  update(data, encoding) {
    this.#mac.update(bytes(data, encoding));
    return true;
  }

  digest(encoding) { return encoded(this.#mac.digest(), encoding); }
}

const kKeyTypeSecret = 0;

/** The bytes of a secret key; there are no keys of two halves. */
class KeyObjectHandle {
  init(type, data) {
    if (type === kKeyTypeSecret) {
      this.bytes = bytesOf(data).slice();
      return;
    }
    if (encoded(bytesOf(data)).includes('-----BEGIN ')) throw internal.refuse('a key of two halves (crypto.createPrivateKey)');
    throw Object.assign(new Error('error:1E08010C:DECODER routines::unsupported'), {
      library: 'DECODER routines', reason: 'unsupported', code: 'ERR_OSSL_UNSUPPORTED',
    });
  }

  initJwk() { throw internal.refuse('a key in the form of JWK'); }
  initEDRaw() { throw internal.refuse('a key in the form of JWK'); }
  getSymmetricKeySize() { return this.bytes.length; }
  export() { return encoded(this.bytes.slice()); }
  exportJwk(target) { return Object.assign(target, { kty: 'oct', k: encoded(this.bytes, 'base64url') }); }
  equals({ bytes }) { return bytes.length === this.bytes.length && timingSafeEqual(this.bytes, bytes); }
}

const kCryptoJobAsync = 0;
const kCryptoJobSync = 1;

/** Work that is done at once, or by the thread pool. */
class Job {
  constructor(mode) { this.mode = mode; }

  run() {
    if (this.mode === kCryptoJobSync) return [undefined, this.work()];
    internal.submitWork('crypto', () => this.ondone(undefined, this.work()), this.ondone);
    return undefined;
  }
}

class RandomBytesJob extends Job {
  constructor(mode, buffer, offset, size) {
    super(mode);
    this.work = () => {
      const whole = ArrayBuffer.isView(buffer) ? new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength) : new Uint8Array(buffer);
      whole.set(host.randomBytes(size), offset);
    };
  }
}

class PBKDF2Job extends Job {
  constructor(mode, password, salt, iterations, size, algorithm) {
    super(mode);
    const name = nameOf(algorithm);
    if (native.hasher(name) == null) {
      throw internal.codedError(TypeError, 'ERR_CRYPTO_INVALID_DIGEST', `Invalid digest: ${algorithm}`);
    }
    const [key, grain] = [bytesOf(password).slice(), bytesOf(salt).slice()];
    this.work = () => native.pbkdf2(name, key, grain, iterations, size).buffer;
  }
}

function timingSafeEqual(a, b) {
    for (const [name, value] of [['buf1', a], ['buf2', b]]) {
      if (!ArrayBuffer.isView(value) && !internal.types.isAnyArrayBuffer(value)) {
        throw internal.codedError(
          TypeError, 'ERR_INVALID_ARG_TYPE', `The "${name}" argument must be an instance of ArrayBuffer, Buffer, TypedArray, or DataView.`);
      }
}
  const [one, other] = [bytesOf(a), bytesOf(b)];
  if (one.length !== other.length) {
    throw internal.codedError(RangeError, 'ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH', 'Input buffers must have the same byte length');
}
  return one.every((byte, at) => byte === other[at]);
}

const refused = (name) => class { constructor() { throw internal.refuse(name); } };

return {
  Hash,
  Hmac,
  KeyObjectHandle,
  createNativeKeyObjectClass: (make) => make(class NativeKeyObject {}),
  kKeyTypeSecret,
  kKeyTypePublic: 1,
  kKeyTypePrivate: 2,
  kKeyFormatDER: 0,
  kKeyFormatPEM: 1,
  kKeyFormatJWK: 2,
  kKeyEncodingPKCS1: 0,
  kKeyEncodingPKCS8: 1,
  kKeyEncodingSPKI: 2,
  kKeyEncodingSEC1: 3,
  HashJob: refused('crypto.subtle.digest'),
  PBKDF2Job,
  RandomBytesJob,
  RandomPrimeJob: refused('crypto.generatePrime'),
  CheckPrimeJob: refused('crypto.checkPrime'),
  kCryptoJobAsync,
  kCryptoJobSync,
  secureBuffer: (size) => new Uint8Array(size),
  oneShotDigest(algorithm, id, cache, input, encoding) {
    const hasher = native.hasher(nameOf(algorithm));
    if (hasher == null) throw new Error(`Digest method ${algorithm} is not supported`);
    hasher.update(bytes(input));
    return encoded(hasher.digest(), encoding);
  },
  timingSafeEqual,
};
