// Strings in bytes, in all encodings of Buffer's.

const codec = host.native('codec');
const search = host.native('search');

const ENCODINGS = { ASCII: 0, UTF8: 1, BASE64: 2, UCS2: 3, LATIN1: 4, HEX: 5, BUFFER: 6, BASE64URL: 7 };
const K_MAX_LENGTH = 2 ** 32; // of Node 20 on 64 bits
const { fromCharCode } = String;

/** The same bytes, seen one by one. */
function bytesOf(view) {
  if (internal.types.isUint8Array(view)) return view;
  if (ArrayBuffer.isView(view)) return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  return new Uint8Array(view);
}

// --- encoding -------------------------------------------------------------------------------

function ucs2Encode(text) {
  const units = new Uint16Array(text.length);
  for (let i = 0; i < text.length; i++) units[i] = text.charCodeAt(i);
  return new Uint8Array(units.buffer);
}

/** Each unit's lower half, which is all that Node looks at but for UTF-8 and UTF-16. */
const latin1Encode = (text) => codec.latin1Encode(lowBytes(text));
const lowBytes = (text) => (text.isWellFormed() ? text : text.replace(/[\ud800-\udfff]/g, (unit) => fromCharCode(unit.charCodeAt(0) & 0xff)));
const utf8Encode = (text) => codec.utf8Encode(text.toWellFormed());
const base64Encode = (text) => codec.base64Encode(lowBytes(text));
const ENCODE = {
  [ENCODINGS.ASCII]: latin1Encode,
  [ENCODINGS.UTF8]: utf8Encode,
  [ENCODINGS.BASE64]: base64Encode,
  [ENCODINGS.BASE64URL]: base64Encode,
  [ENCODINGS.UCS2]: ucs2Encode,
  [ENCODINGS.LATIN1]: latin1Encode,
  [ENCODINGS.HEX]: (text) => codec.hexEncode(lowBytes(text)),
};

/** How many of the bytes fit without a character cut in two. */
function wholeUtf8(bytes, room) {
  if (bytes.length <= room) return bytes.length;
  while (room > 0 && (bytes[room] & 0xc0) === 0x80) room--;
  return room;
}

function writer(encoding, fits = (bytes, room) => Math.min(bytes.length, room)) {
  return function write(text, offset = 0, length = this.length - offset) {
    if (typeof text !== 'string') throw internal.invalidArgType('argument', 'a string', text);
    if (offset > this.length) {
      throw internal.codedError(RangeError, 'ERR_BUFFER_OUT_OF_BOUNDS', '"offset" is outside of buffer bounds');
    }
    const room = Math.min(length, this.length - offset);
    if (room <= 0) return 0;
    const bytes = ENCODE[encoding](text);
    const count = fits(bytes, room);
    this.set(count === bytes.length ? bytes : bytes.subarray(0, count), offset);
    return count;
  };
}

// --- decoding -------------------------------------------------------------------------------

function ucs2Decode(bytes) {
  const units = new Uint16Array(bytes.length >> 1);
  for (let i = 0; i < units.length; i++) units[i] = bytes[2 * i] | (bytes[2 * i + 1] << 8);
  let text = '';
  for (let i = 0; i < units.length; i += 8192) text += fromCharCode.apply(null, units.subarray(i, i + 8192));
  return text;
}

const DECODE = {
  [ENCODINGS.ASCII]: codec.asciiDecode,
  [ENCODINGS.UTF8]: codec.utf8Decode,
  [ENCODINGS.BASE64]: (bytes) => codec.base64Decode(bytes, false),
  [ENCODINGS.BASE64URL]: (bytes) => codec.base64Decode(bytes, true),
  [ENCODINGS.UCS2]: ucs2Decode,
  [ENCODINGS.LATIN1]: codec.latin1Decode,
  [ENCODINGS.HEX]: codec.hexDecode,
};

/** Characters that a string may have. */
const K_STRING_MAX_LENGTH = 2 ** 29 - 24;

function slicer(encoding) {
  const decode = DECODE[encoding];
  return function slice(start = 0, end = this.length) {
    end = Math.min(end, this.length);
    if (start >= end) return '';
    return decode(bytesOf(this).subarray(start, end));
  };
}

// --- searching ------------------------------------------------------------------------------

/** Where a search begins; negative where it cannot find anything. */
function startOf(length, offset, needed, forward) {
  if (offset < 0) {
    if (offset + length >= 0) return length + offset;
    return forward || needed === 0 ? 0 : -1;
  }
  if (offset + needed <= length) return offset;
  if (needed === 0) return length;
  return forward ? -1 : length - 1;
}

function find(buffer, wanted, offset, encoding, forward) {
  const step = encoding === ENCODINGS.UCS2 ? 2 : 1;
  const all = bytesOf(buffer);
  const bytes = all.length % step === 0 ? all : all.subarray(0, -1);
  const from = startOf(bytes.length, offset, wanted.length, forward);
  if (wanted.length === 0) return from;
  if (bytes.length === 0 || from < 0 || wanted.length > bytes.length) return -1;
  if (forward && from + wanted.length > bytes.length) return -1;
  if (step === 2 && (bytes.length < 2 || wanted.length < 2)) return -1;
  return search.indexOf(bytes, wanted, from - (from % step), forward, step);
}

const reverse = (width) => (buffer) => {
  const bytes = bytesOf(buffer);
  for (let i = 0; i + width <= bytes.length; i += width) bytes.subarray(i, i + width).reverse();
  return buffer;
};

function rangeOf(view, start, end, name) {
  const bytes = bytesOf(view);
  if (start > bytes.length) {
    throw internal.codedError(RangeError, 'ERR_OUT_OF_RANGE', `The value of "${name}" is out of range.`);
  }
  return bytes.subarray(start, Math.max(start, end));
}

return {
  ENCODINGS,
  DECODE,
  bytesOf,
  kMaxLength: K_MAX_LENGTH,
  kStringMaxLength: K_STRING_MAX_LENGTH,
  detachArrayBuffer(buffer) {
    return internal.isArrayBufferDetached(buffer) ? undefined : internal.transferArrayBuffer(buffer);
  },
  setBufferPrototype() {},
  getZeroFillToggle() {},
  createUnsafeArrayBuffer: (size) => new ArrayBuffer(size),
  byteLengthUtf8: (text) => codec.utf8Length(text.toWellFormed()),
  isAscii: (view) => codec.isAscii(bytesOf(view)),
  isUtf8: (view) => codec.isUtf8(bytesOf(view)),
  compare: (a, b) => search.compare(bytesOf(a), bytesOf(b)),
  compareOffset(source, target, targetStart, sourceStart, targetEnd, sourceEnd) {
    const a = rangeOf(source, sourceStart, sourceEnd, 'sourceStart');
    const b = rangeOf(target, targetStart, targetEnd, 'targetStart');
    return search.compare(a, b);
  },
  copy(source, target, targetStart, sourceStart, count) {
    bytesOf(target).set(bytesOf(source).subarray(sourceStart, sourceStart + count), targetStart);
    return count;
  },
  copyArrayBuffer(target, targetStart, source, sourceStart, count) {
    new Uint8Array(target).set(new Uint8Array(source, sourceStart, count), targetStart);
  },
  /** -1 for a value without bytes, -2 for a range outside. */
  fill(buffer, value, start, end, encoding) {
    const bytes = bytesOf(buffer);
    if (start > end || end > bytes.length) return -2;
    if (typeof value !== 'string' && !ArrayBuffer.isView(value)) {
      bytes.fill(value & 255, start, end);
      return undefined;
    }
    const pattern = typeof value === 'string' ? internal.nodeRequire('buffer').Buffer.from(value, encoding) : bytesOf(value);
    if (pattern.length === 0) return -1;
    for (let at = start; at < end; at += pattern.length) bytes.set(pattern.subarray(0, end - at), at);
    return undefined;
  },
  indexOfString: (buffer, text, offset, encoding, forward) => find(buffer, ENCODE[encoding](text), offset, encoding, forward),
  indexOfBuffer: (buffer, wanted, offset, encoding, forward) => find(buffer, bytesOf(wanted), offset, encoding, forward),
  indexOfNumber: (buffer, number, offset, forward) =>
    find(buffer, Uint8Array.of(number), offset, ENCODINGS.LATIN1, forward),
  swap16: reverse(2),
  swap32: reverse(4),
  swap64: reverse(8),
  atob: (text) => codec.forgivingBase64(text.toWellFormed()),
  btoa(text) {
    for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 255) return -1;
    return codec.base64Decode(codec.latin1Encode(text), false);
  },
  asciiSlice: slicer(ENCODINGS.ASCII),
  base64Slice: slicer(ENCODINGS.BASE64),
  base64urlSlice: slicer(ENCODINGS.BASE64URL),
  latin1Slice: slicer(ENCODINGS.LATIN1),
  hexSlice: slicer(ENCODINGS.HEX),
  ucs2Slice: slicer(ENCODINGS.UCS2),
  utf8Slice: slicer(ENCODINGS.UTF8),
  asciiWrite: writer(ENCODINGS.ASCII),
  base64Write: writer(ENCODINGS.BASE64),
  base64urlWrite: writer(ENCODINGS.BASE64URL),
  latin1Write: writer(ENCODINGS.LATIN1),
  hexWrite: writer(ENCODINGS.HEX),
  ucs2Write: writer(ENCODINGS.UCS2, (bytes, room) => Math.min(bytes.length, room & ~1)),
  utf8Write: writer(ENCODINGS.UTF8, wholeUtf8),
};
