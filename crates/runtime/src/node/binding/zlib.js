// Streams of zlib: the work of one buffer is done at once, or by the thread pool.

const native = host.zlib();
const { bytesOf } = internal.nodeBinding('buffer');

const NOTHING = new Uint8Array(0);
const CODES = {
  '1': 'Z_STREAM_END', '2': 'Z_NEED_DICT', '-1': 'Z_ERRNO', '-2': 'Z_STREAM_ERROR', '-3': 'Z_DATA_ERROR', '-4': 'Z_MEM_ERROR',
  '-5': 'Z_BUF_ERROR', '-6': 'Z_VERSION_ERROR',
};

class Zlib {
  #mode;
  #id;
  #strategy;
  #writeState;
  #written;
  #isWriting = false;
  #isClosing = false;

  constructor(mode) { this.#mode = mode; }

  init(windowBits, level, memLevel, strategy, writeState, written, dictionary) {
    this.#strategy = strategy;
    this.#writeState = writeState;
    this.#written = written;
    this.#id = native.open(
      this.#mode, [windowBits, level, memLevel, strategy], dictionary === undefined ? NOTHING : bytesOf(dictionary));
  }

  /** Whether all went well; else the stream is told. */
  #step(flush, input, inOffset, inLength, output, outOffset, outLength) {
    const from = input == null ? NOTHING : bytesOf(input).subarray(inOffset, inOffset + inLength);
    const [left, given, words, code] = native.step(this.#id, flush, from, outLength);
    bytesOf(output).set(given, outOffset);
    this.#isWriting = false;
    if (words === undefined) {
      this.#writeState[0] = outLength - given.length;
      this.#writeState[1] = left;
      return true;
    }
    this.onerror(words, code, CODES[code]);
    if (this.#isClosing) this.close();
    return false;
  }

  write(...work) {
    this.#isWriting = true;
    internal.submitWork('crypto', () => {
      if (!this.#step(...work)) return;
      this.#written();
      if (this.#isClosing) this.close();
    }, this.#written);
  }

  writeSync(...work) { this.#step(...work); }

  params(level, strategy) {
    if (strategy !== this.#strategy) throw internal.unavailable('zlib: params() with another strategy');
    native.setLevel(this.#id, level);
  }

  reset() { native.reset(this.#id); }

  close() {
    this.#isClosing = this.#isWriting;
    if (!this.#isWriting) native.close(this.#id);
  }

  getAsyncId() { return 0; }
}

const refused = (name) => class { constructor() { throw internal.unavailable(name); } };

return {
  Zlib,
  BrotliDecoder: refused('zlib.createBrotliDecompress'),
  BrotliEncoder: refused('zlib.createBrotliCompress'),
  crc32(data, value) {
    const bytes = typeof data === 'string' ? internal.nodeRequire('buffer').Buffer.from(data) : data;
    return native.crc32(bytesOf(bytes), value);
  },
};
