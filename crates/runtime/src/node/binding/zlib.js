// Streams that are compressed or decompressed: the work of one buffer is done at once, or by the thread pool.

const native = host.zlib();
const { bytesOf } = internal.nodeBinding('buffer');

const NOTHING = new Uint8Array(0);

const { BROTLI_PARAM_DISABLE_LITERAL_CONTEXT_MODELING } = internal.nodeBinding('constants').zlib;
/** What stands for a parameter that was not given. */
const LEFT_ALONE = 2 ** 32 - 1;

class CompressionStream {
  #id;
  #writeState;
  #written;
  #isWriting = false;
  #isClosing = false;

  open(id, writeState, written) {
    this.#id = id;
    this.#writeState = writeState;
    this.#written = written;
  }

  /** Whether all went well; else the stream is told. */
  #step(flush, input, inOffset, inLength, output, outOffset, outLength) {
    const from = input == null ? NOTHING : bytesOf(input).subarray(inOffset, inOffset + inLength);
    const [left, given, words, number, name] = native.step(this.#id, flush, from, outLength);
    bytesOf(output).set(given, outOffset);
    this.#isWriting = false;
    if (words === undefined) {
      this.#writeState[0] = outLength - given.length;
      this.#writeState[1] = left;
      return true;
    }
    this.onerror(words, number, name);
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

  setLevel(level) { native.setLevel(this.#id, level); }

  reset() { native.reset(this.#id); }

  close() {
    this.#isClosing = this.#isWriting;
    if (!this.#isWriting) native.close(this.#id);
  }

  getAsyncId() { return 0; }
}

class Zlib extends CompressionStream {
  #mode;
  #strategy;

  constructor(mode) {
    super();
    this.#mode = mode;
  }

  init(windowBits, level, memLevel, strategy, writeState, written, dictionary) {
    this.#strategy = strategy;
    const bytes = dictionary === undefined ? NOTHING : bytesOf(dictionary);
    this.open(native.open(this.#mode, [windowBits, level, memLevel, strategy], bytes), writeState, written);
  }

  params(level, strategy) {
    if (strategy !== this.#strategy) throw internal.refuse('zlib: params() with another strategy');
    this.setLevel(level);
  }
}

class BrotliEncoder extends CompressionStream {
  init(parameters, writeState, written) {
    const flag = parameters[BROTLI_PARAM_DISABLE_LITERAL_CONTEXT_MODELING];
    if (flag > 1 && flag !== LEFT_ALONE) {
      throw Object.assign(new Error('Initialization failed'), { code: 'ERR_ZLIB_INITIALIZATION_FAILED' });
    }
    this.open(native.openBrotliEncoder(Array.from(parameters, (value) => value | 0)), writeState, written);
  }

  params() {}
}

class BrotliDecoder extends CompressionStream {
  init(parameters, writeState, written) { this.open(native.openBrotliDecoder(), writeState, written); }

  params() {}
}

return {
  Zlib,
  BrotliDecoder,
  BrotliEncoder,
  crc32(data, value) {
    const bytes = typeof data === 'string' ? internal.nodeRequire('buffer').Buffer.from(data) : data;
    return native.crc32(bytesOf(bytes), value) >>> 0;
  },
};
