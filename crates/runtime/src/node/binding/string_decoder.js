// Node's `StringDecoder`: its state is the seven bytes of a Buffer.

const { DECODE, ENCODINGS, bytesOf } = internal.nodeBinding('buffer');

const kMissingBytes = 4;
const kBufferedBytes = 5;
const kEncodingField = 6;

const encodings = [];
for (const [name, number] of Object.entries(ENCODINGS)) {
  encodings[number] = { UCS2: 'utf16le' }[name] ?? name.toLowerCase();
}

/** How many bytes at the end of `bytes` begin a character that is not whole, and how many it lacks. */
function cutOff(encoding, bytes) {
  const last = bytes.length - 1;
  if (encoding === ENCODINGS.UTF8) {
    if (!(bytes[last] & 0x80)) return [0, 0];
    for (let count = 1, at = last; ; count++, at--) {
      const byte = bytes[at];
      if ((byte & 0xc0) === 0x80) {
        if (count >= 4 || at === 0) return [0, 0]; // no character begins here
        continue;
      }
      let size = 0;
      if ((byte & 0xe0) === 0xc0) size = 2;
      else if ((byte & 0xf0) === 0xe0) size = 3;
      else if ((byte & 0xf8) === 0xf0) size = 4;
      return count >= size ? [0, 0] : [count, size - count];
    }
  }
  if (encoding === ENCODINGS.UCS2) {
    if (bytes.length % 2 === 1) return [1, 1];
    return (bytes[last] & 0xfc) === 0xd8 ? [2, 2] : [0, 0];
  }
  const rest = bytes.length % 3;
  return rest === 0 ? [0, 0] : [rest, 3 - rest];
}

const isWhole = (encoding) => encoding === ENCODINGS.ASCII || encoding === ENCODINGS.LATIN1 || encoding === ENCODINGS.HEX;

function decode(state, view) {
  const encoding = state[kEncodingField];
  let bytes = bytesOf(view);
  if (isWhole(encoding)) return DECODE[encoding](bytes);
  let text = '';
  if (state[kMissingBytes] > 0) {
    if (encoding === ENCODINGS.UTF8) {
      // A byte that does not go on with the character begins a new one.
      for (let i = 0; i < bytes.length && i < state[kMissingBytes]; i++) {
        if ((bytes[i] & 0xc0) !== 0x80) {
          state[kMissingBytes] = 0;
          state.set(bytes.subarray(0, i), state[kBufferedBytes]);
          state[kBufferedBytes] += i;
          bytes = bytes.subarray(i);
          break;
        }
      }
    }
    const found = bytes.subarray(0, state[kMissingBytes]);
    state.set(found, state[kBufferedBytes]);
    state[kMissingBytes] -= found.length;
    state[kBufferedBytes] += found.length;
    bytes = bytes.subarray(found.length);
    if (state[kMissingBytes] === 0) {
      text = DECODE[encoding](state.subarray(0, state[kBufferedBytes]));
      state[kBufferedBytes] = 0;
    }
  }
  if (bytes.length === 0) return text;
  if (state[kMissingBytes] > 0) return text + decode(state, bytes);
  const [buffered, missing] = cutOff(encoding, bytes);
  state[kBufferedBytes] = buffered;
  state[kMissingBytes] = missing;
  const whole = bytes.length - buffered;
  state.set(bytes.subarray(whole), 0);
  return text + (whole > 0 ? DECODE[encoding](bytes.subarray(0, whole)) : '');
}

function flush(state) {
  const encoding = state[kEncodingField];
  if (encoding === ENCODINGS.UCS2 && state[kBufferedBytes] % 2 === 1) {
    state[kMissingBytes]--;
    state[kBufferedBytes]--;
  }
  const rest = state[kBufferedBytes];
  state[kMissingBytes] = 0;
  state[kBufferedBytes] = 0;
  return rest === 0 ? '' : DECODE[encoding](state.subarray(0, rest));
}

return {
  encodings,
  kIncompleteCharactersStart: 0,
  kIncompleteCharactersEnd: 4,
  kMissingBytes,
  kBufferedBytes,
  kEncodingField,
  kNumFields: 7,
  kSize: 7,
  decode,
  flush,
};
