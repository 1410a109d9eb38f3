// `WebAssembly` as undici knows it: it compiles llhttp, and nothing else. Here the module is this
// reader of responses, which calls back when llhttp would, with pointers into what it was given.

const OK = 0;
const PAUSED = 21;
const PAUSED_UPGRADE = 22;
const CB_MESSAGE_BEGIN = 16;
const CB_HEADERS_COMPLETE = 17;
const CB_MESSAGE_COMPLETE = 18;
const USER = 24;
const CODES = {
  HPE_INTERNAL: 1, HPE_STRICT: 2, HPE_UNEXPECTED_CONTENT_LENGTH: 4, HPE_CLOSED_CONNECTION: 5, HPE_INVALID_CONSTANT: 8,
  HPE_INVALID_HEADER_TOKEN: 10, HPE_INVALID_CONTENT_LENGTH: 11, HPE_INVALID_CHUNK_SIZE: 12, HPE_INVALID_TRANSFER_ENCODING: 15,
};

const CR = 13;
const LF = 10;
const COLON = 58;
const SPACE = 32;
const TAB = 9;
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

const { Buffer } = internal.nodeRequire('buffer');
const { MalformedHttp, httpFraming, httpKeepsAlive } = internal;
const fail = (code, reason) => { throw new MalformedHttp(code, reason); };

/** What a callback asks for: to go on, to pause, or an error. */
const verdict = (result, error) => (result === OK || result === PAUSED ? result : error);

class ResponseReader {
  #env;
  #pointer;
  #step = this.#start;
  #data;
  #base = 0;
  #at = 0;
  /** The part of a head that is being read, as far as it is known. */
  #text = '';
  #headers = [];
  #status = 0;
  #version = 1.1;
  #frame;
  #left = 0;
  #inTrailers = false;
  reason = '';

  constructor(env, pointer) {
    this.#env = env;
    this.#pointer = pointer;
  }

  get position() { return this.#base + this.#at; }

  execute(data, base) {
    this.#data = data;
    this.#base = base;
    this.#at = 0;
    try {
      while (this.#at < data.length || this.#step === this.#complete) {
        const result = this.#step();
        if (result !== OK) return result;
      }
      return OK;
    } catch (error) {
      if (!(error instanceof MalformedHttp)) throw error;
      this.reason = error.reason;
      return CODES[error.code] ?? CODES.HPE_INTERNAL;
    }
  }

  // --- heads --------------------------------------------------------------------------------------

  /** Adds what lies before the next such byte to the text; returns where that lay, and whether it ended. */
  #span(byte) {
    const from = this.#at;
    const end = this.#data.indexOf(byte, from);
    this.#at = end === -1 ? this.#data.length : end;
    this.#text += this.#data.latin1Slice(from, this.#at);
    return { from, isWhole: end !== -1 };
  }

  #tell(callback, from) {
    return verdict(this.#env[callback](this.#pointer, this.#base + from, this.#at - from), USER);
  }

  #start() {
    const byte = this.#data[this.#at];
    if (byte === CR || byte === LF) {
      this.#at++;
      return OK;
    }
    this.#text = '';
    this.#headers = [];
    this.#inTrailers = false;
    this.#step = this.#statusLine;
    return verdict(this.#env.wasm_on_message_begin(this.#pointer), CB_MESSAGE_BEGIN);
  }

  #statusLine() {
    const { from, isWhole } = this.#span(CR);
    if (!isWhole) return OK;
    const match = /^HTTP\/(\d)\.(\d) (\d{3})(?: (.*))?$/.exec(this.#text);
    if (match === null) fail('HPE_INVALID_CONSTANT', 'Expected HTTP/');
    const [, major, minor, status, message = ''] = match;
    this.#version = Number(`${major}.${minor}`);
    this.#status = Number(status);
    this.#step = this.#lineEnd;
    return message === '' ? OK : this.#tell('wasm_on_status', Math.max(from, this.#at - message.length));
  }

  #lineEnd() {
    this.#at++;
    if (this.#at === this.#data.length) {
      this.#step = this.#lineFeed;
      return OK;
    }
    return this.#lineFeed();
  }

  #lineFeed() {
    if (this.#data[this.#at] !== LF) fail('HPE_STRICT', 'Missing expected LF after header value');
    this.#at++;
    this.#step = this.#fieldStart;
    return OK;
  }

  #fieldStart() {
    this.#text = '';
    if (this.#data[this.#at] === CR) {
      this.#at++;
      this.#step = this.#headEnd;
    } else {
      this.#step = this.#fieldName;
    }
    return OK;
  }

  #fieldName() {
    const { from, isWhole } = this.#span(COLON);
    if (isWhole) {
      if (!TOKEN.test(this.#text)) fail('HPE_INVALID_HEADER_TOKEN', 'Invalid header token');
      this.#headers.push(this.#text);
      this.#text = '';
      this.#step = this.#valueStart;
    }
    const result = this.#tell('wasm_on_header_field', from);
    if (isWhole) this.#at++;
    return result;
  }

  #valueStart() {
    const byte = this.#data[this.#at];
    if (byte === SPACE || byte === TAB) this.#at++;
    else this.#step = this.#fieldValue;
    return OK;
  }

  #fieldValue() {
    const { from, isWhole } = this.#span(CR);
    if (isWhole) {
      this.#headers.push(this.#text.trim());
      this.#step = this.#lineEnd;
    }
    return this.#tell('wasm_on_header_value', from);
  }

  #headEnd() {
    if (this.#data[this.#at] !== LF) fail('HPE_STRICT', 'Expected LF after headers');
    this.#at++;
    if (this.#inTrailers) {
      this.#step = this.#complete;
      return OK;
    }
    const frame = httpFraming(this.#headers, true, this.#version, this.#status);
    this.#frame = frame;
    const result = this.#env.wasm_on_headers_complete(
      this.#pointer, this.#status, frame.upgrades ? 1 : 0, httpKeepsAlive(frame, true) ? 1 : 0);
    if (result === 2) {
      this.#env.wasm_on_message_complete(this.#pointer);
      this.#step = this.#start;
      return PAUSED_UPGRADE;
    }
    frame.hasNoBody ||= result === 1;
    this.#step = this.#bodyStep(frame);
    return result === 1 ? OK : verdict(result, CB_HEADERS_COMPLETE);
  }

  // --- bodies -------------------------------------------------------------------------------------

  #bodyStep(frame) {
    if (frame.hasNoBody) return this.#complete;
    if (frame.isChunked) return this.#chunkSize;
    if (frame.length === undefined) return this.#untilEnd;
    this.#left = frame.length;
    return this.#left === 0 ? this.#complete : this.#bytes;
  }

  #piece(length) {
    const from = this.#at;
    this.#at = Math.min(this.#data.length, from + length);
    return this.#tell('wasm_on_body', from);
  }

  #untilEnd() { return this.#piece(Infinity); }

  #bytes() {
    const before = this.#at;
    const result = this.#piece(this.#left);
    this.#left -= this.#at - before;
    if (this.#left === 0) this.#step = this.#complete;
    return result;
  }

  #chunkSize() {
    const { isWhole } = this.#span(LF);
    if (!isWhole) return OK;
    this.#at++;
    const match = /^([0-9a-fA-F]+)[ \t]*(;.*)?\r$/.exec(this.#text);
    if (match === null) fail('HPE_INVALID_CHUNK_SIZE', 'Invalid character in chunk size');
    this.#text = '';
    this.#left = Number.parseInt(match[1], 16);
    this.#inTrailers = this.#left === 0;
    this.#step = this.#inTrailers ? this.#fieldStart : this.#chunkBytes;
    return OK;
  }

  #chunkBytes() {
    const before = this.#at;
    const result = this.#piece(this.#left);
    this.#left -= this.#at - before;
    if (this.#left === 0) this.#step = this.#chunkEnd;
    return result;
  }

  #chunkEnd() {
    const { isWhole } = this.#span(LF);
    if (!isWhole) return OK;
    this.#at++;
    if (this.#text !== '\r') fail('HPE_STRICT', 'Expected LF after chunk data');
    this.#text = '';
    this.#step = this.#chunkSize;
    return OK;
  }

  #complete() {
    this.#step = httpKeepsAlive(this.#frame, true) ? this.#start : this.#closed;
    return verdict(this.#env.wasm_on_message_complete(this.#pointer), CB_MESSAGE_COMPLETE);
  }

  #closed() { return fail('HPE_CLOSED_CONNECTION', 'Data after `Connection: close`'); }
}

/** Where in memory a reason lies, and where what is read begins. */
const REASON_AT = 8;
const DATA_AT = 1024;

function instantiate(env) {
  const readers = new Map();
  let lastPointer = 0;
  const memory = { buffer: new ArrayBuffer(DATA_AT) };
  return {
    memory,
    malloc(size) {
      memory.buffer = new ArrayBuffer(DATA_AT + size);
      return DATA_AT;
    },
    free() {},
    llhttp_alloc() {
      readers.set(++lastPointer, new ResponseReader(env, lastPointer));
      return lastPointer;
    },
    llhttp_free: (pointer) => { readers.delete(pointer); },
    llhttp_resume() {},
    llhttp_execute: (pointer, at, length) => readers.get(pointer).execute(Buffer.from(memory.buffer, at, length), at),
    llhttp_get_error_pos: (pointer) => readers.get(pointer).position,
    llhttp_get_error_reason(pointer) {
      const bytes = new Uint8Array(memory.buffer, REASON_AT, DATA_AT - REASON_AT);
      const { reason } = readers.get(pointer);
      for (let i = 0; i < reason.length; i++) bytes[i] = reason.charCodeAt(i);
      bytes[reason.length] = 0;
      return REASON_AT;
    },
  };
}

internal.undiciWebAssembly = {
  compile: async () => ({}),
  instantiate: async (module, { env }) => ({ exports: instantiate(env) }),
};
