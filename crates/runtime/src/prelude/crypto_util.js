// What Node's `internal/crypto/*` files ask of each other.

const { codes } = internal.nodeRequire('internal/errors');
const { validateString } = internal.nodeRequire('internal/validators');
const { isAnyArrayBuffer } = internal.types;

function getArrayBufferOrView(value, name, encoding) {
  if (typeof value === 'string') {
    return internal.nodeRequire('buffer').Buffer.from(value, encoding === 'buffer' ? 'utf8' : encoding);
  }
  if (isAnyArrayBuffer(value) || ArrayBuffer.isView(value)) return value;
  throw new codes.ERR_INVALID_ARG_TYPE(name, ['string', 'ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'], value);
}

internal.cryptoUtil = {
  bigIntArrayToUnsignedBigInt() { throw internal.refuse('keys of two halves'); },
  kHandle: Symbol('kHandle'),
  kKeyObject: Symbol('kKeyObject'),
  getArrayBufferOrView,
  getCachedHashId: () => -1,
  getHashCache: () => undefined,
  getStringOption(options, key) {
    const value = options?.[key];
    if (value != null) validateString(value, `options.${key}`);
    return value;
  },
  jobPromise() { throw internal.refuse('crypto.subtle'); },
  normalizeHashName: internal.nodeRequire('internal/crypto/hashnames'),
  validateMaxBufferLength() {},
};
