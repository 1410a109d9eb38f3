// UTF-8 for `TextEncoder` and `TextDecoder`, and host names in ASCII.

const codec = host.native('codec');
const { bytesOf } = internal.nodeBinding('buffer');
const encodeIntoResults = new Uint32Array(2);

function invalidData(encoding) {
  return internal.codedError(TypeError, 'ERR_ENCODING_INVALID_ENCODED_DATA', `The encoded data was not valid for encoding ${encoding}`);
}

function checkInput(input, name) {
  if (!internal.types.isAnyArrayBuffer(input) && !ArrayBuffer.isView(input)) {
    throw internal.codedError(
      TypeError, 'ERR_INVALID_ARG_TYPE',
      `The "${name}" argument must be an instance of SharedArrayBuffer, ArrayBuffer or ArrayBufferView.`);
  }
}

return {
  encodeIntoResults,
  encodeUtf8String: (text) => codec.utf8Encode(text.toWellFormed()),
  /** As many whole characters as there is room for. */
  encodeInto(text, target) {
    let read = 0;
    let written = 0;
    for (const character of text) {
      const code = character.codePointAt(0);
      const size = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
      if (written + size > target.length) break;
      read += character.length;
      written += size;
    }
    target.set(codec.utf8Encode(text.slice(0, read).toWellFormed()));
    encodeIntoResults[0] = read;
    encodeIntoResults[1] = written;
  },
  decodeUTF8(input, ignoreBom, fatal) {
    checkInput(input, 'list');
    let bytes = bytesOf(input);
    if (fatal && !codec.isUtf8(bytes)) throw invalidData('utf-8');
    if (!ignoreBom && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) bytes = bytes.subarray(3);
    return codec.utf8Decode(bytes);
  },
  decodeLatin1(input) {
    checkInput(input, 'input');
    return codec.latin1Decode(bytesOf(input)); // and not windows-1252, for what is whole
  },
  checkInput,
  invalidData,
  toASCII: (domain) => host.native('url').toASCII(domain.toWellFormed()),
};
