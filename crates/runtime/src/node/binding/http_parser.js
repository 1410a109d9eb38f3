// HTTP/1.1 messages, read as llhttp reads them: what is called when, and with what; its errors, by
// their codes and reasons. Lenient parsing is refused.

const { Buffer } = internal.nodeRequire('buffer');
const current = internal.asyncContext;

const METHODS = [
  'DELETE', 'GET', 'HEAD', 'POST', 'PUT', 'CONNECT', 'OPTIONS', 'TRACE', 'COPY', 'LOCK', 'MKCOL', 'MOVE', 'PROPFIND', 'PROPPATCH',
  'SEARCH', 'UNLOCK', 'BIND', 'REBIND', 'UNBIND', 'ACL', 'REPORT', 'MKACTIVITY', 'CHECKOUT', 'MERGE', 'M-SEARCH', 'NOTIFY',
  'SUBSCRIBE', 'UNSUBSCRIBE', 'PATCH', 'PURGE', 'MKCALENDAR', 'LINK', 'UNLINK', 'SOURCE',
];
const methods = [...METHODS, 'QUERY'];
const allMethods = [
  ...METHODS, 'PRI', 'DESCRIBE', 'ANNOUNCE', 'SETUP', 'PLAY', 'PAUSE', 'TEARDOWN', 'GET_PARAMETER', 'SET_PARAMETER', 'REDIRECT',
  'RECORD', 'FLUSH', 'QUERY',
];

const REQUEST = 1;
const RESPONSE = 2;
const kOnMessageBegin = 0;
const kOnHeaders = 1;
const kOnHeadersComplete = 2;
const kOnBody = 3;
const kOnMessageComplete = 4;
const kOnExecute = 5;
const kOnTimeout = 6;

const MOST_HEADER_BYTES = 16 << 10;
/** Of a chunk's size, at most sixteen digits, and its extensions. */
const MOST_CHUNK_HEAD_BYTES = 16 + (16 << 10);
const HEADER_OVERFLOW = ['HPE_HEADER_OVERFLOW', 'Header overflow'];
const CHUNK_EXTENSIONS_OVERFLOW = ['HPE_CHUNK_EXTENSIONS_OVERFLOW', 'Chunk extensions overflow'];
const CR = 13;
const LF = 10;
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
// eslint-disable-next-line no-control-regex
const VALUE = /^[^\x00-\x08\x0a-\x1f\x7f]*$/;

const { MalformedHttp: Malformed, httpFraming: framing, httpKeepsAlive: keepsAlive } = internal;
const fail = (code, reason, at) => { throw new Malformed(code, reason, at); };

// --- what is wrong with a line, as far as it is there, at its first wrong byte ------------------

const PROTOCOL = 'HTTP/';

function checkProtocol(line, at, reason) {
  for (let i = 0; i < PROTOCOL.length && at + i < line.length; i++) {
    if (line[at + i] !== PROTOCOL[i]) fail('HPE_INVALID_CONSTANT', reason, at + i);
  }
}

function checkRequestLine(line) {
  let end = 0;
  while (end < line.length && allMethods.some((method) => method.startsWith(line.slice(0, end + 1)))) end++;
  if (end === line.length) return;
  if (!allMethods.includes(line.slice(0, end))) fail('HPE_INVALID_METHOD', 'Invalid method encountered', end);
  if (line[end] !== ' ') fail('HPE_INVALID_METHOD', 'Expected space after method', end);
  while (line[end] === ' ') end++;
  // eslint-disable-next-line no-control-regex
  const bad = /[\x00-\x08\x0b\x0e-\x1f\x7f]/.exec(line.slice(end));
  const space = line.indexOf(' ', end);
  if (bad !== null && (space === -1 || end + bad.index < space)) fail('HPE_INVALID_URL', 'Invalid char in url path', end + bad.index);
  if (space === -1) return;
  checkProtocol(line, space + 1, 'Expected HTTP/, RTSP/ or ICE/');
  const [version] = /^HTTP\/\d\.\d/.exec(line.slice(space + 1)) ?? [];
  const next = space + 1 + (version?.length ?? 0);
  if (version === undefined || next >= line.length) return;
  if (!['1.1', '1.0', '0.9', '2.0'].includes(version.slice(PROTOCOL.length))) fail('HPE_INVALID_VERSION', 'Invalid HTTP version', next);
  if (line[next] !== '\r') fail('HPE_INVALID_VERSION', 'Expected CRLF after version', next + 1);
}

function checkStatusLine(line) { checkProtocol(line, 0, 'Expected HTTP/'); }

function checkField(line) {
  if (line[0] === '\n') fail('HPE_INVALID_HEADER_TOKEN', 'Invalid header field char', 1);
  if (line[0] === '\r') {
    if (line.length > 1 && line[1] !== '\n') fail('HPE_STRICT', 'Expected LF after headers', 1);
    return;
  }
  const colon = line.indexOf(':');
  const name = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]*/.exec(line)[0].length;
  if (name < (colon === -1 ? line.length : colon)) fail('HPE_INVALID_HEADER_TOKEN', 'Invalid header token', name);
  if (colon === -1) return;
  if (/^content-length:/i.test(line)) {
    const digits = /^[ \t]*\d*[ \t]*/.exec(line.slice(colon + 1))[0].length + colon + 1;
    if (digits < line.length && line[digits] !== '\r') fail('HPE_INVALID_CONTENT_LENGTH', 'Invalid character in Content-Length', digits);
  }
  // eslint-disable-next-line no-control-regex
  const at = line.slice(colon + 1).search(/[\x00-\x08\x0a-\x1f\x7f]/) + colon + 1;
  if (at === colon) return;
  if (line[at] === '\n') fail('HPE_CR_EXPECTED', 'Missing expected CR after header value', at + 1);
  if (line[at] !== '\r') fail('HPE_INVALID_HEADER_TOKEN', 'Invalid header value char', at);
  if (at + 1 < line.length && line[at + 1] !== '\n') fail('HPE_LF_EXPECTED', 'Missing expected LF after header value', at + 1);
}

/** The connections of a server, by how far each is in a request. */
class ConnectionsList {
  #all = new Set();
  #active = new Set();

  add(parser) { this.#all.add(parser); }
  activate(parser) { this.#active.add(parser); }
  deactivate(parser) { this.#active.delete(parser); }
  remove(parser) {
    this.#all.delete(parser);
    this.#active.delete(parser);
  }

  all() { return [...this.#all]; }
  active() { return [...this.#active]; }
  idle() { return [...this.#all].filter((parser) => parser.beganNs === 0); }

  /** Those whose headers, or whole request, take longer than so many milliseconds. */
  expired(headersTimeout, requestTimeout) {
    const now = host.nowNs();
    const deadline = (ms) => (ms > 0 && now > ms * 1e6 ? now - ms * 1e6 : 0);
    const [headers, request] = [deadline(headersTimeout), deadline(requestTimeout)];
    const isLate = (parser) => (
      (!parser.headersDone && parser.beganNs < headers) || parser.beganNs < request);
    const late = this.active().filter(isLate);
    for (const parser of late) this.#active.delete(parser);
    return late;
  }
}

class HTTPParser {
  #type;
  #mostHeaderBytes;
  #connections = null;
  #list = null;
  #handle = null;
  /** Bytes that do not make a whole part yet. */
  #rest = Buffer.alloc(0);
  #chunk = null;
  #reading = null;
  #message;
  #inMessage = false;
  #untilEnd = false;
  #ended = null;
  /** What was wrong; of what comes behind it nothing else is said. */
  #wrong;
  #steps = null;
  /** Of its callbacks: the one in which it was set up, or which the last of them left. */
  #context;
  beganNs = 0;
  headersDone = false;

  initialize(type, resource, mostHeaderBytes = 0, lenient = 0, connections = null) {
    if (lenient !== 0) throw internal.refuse('insecureHTTPParser');
    this.#type = type;
    this.#context = current[0];
    this.#mostHeaderBytes = mostHeaderBytes > 0 ? mostHeaderBytes : MOST_HEADER_BYTES;
    this.#rest = Buffer.alloc(0);
    this.#reading = this.#messages();
    this.#reading.next();
    this.#inMessage = false;
    this.#untilEnd = false;
    this.#ended = null;
    this.#wrong = undefined;
    this.headersDone = false;
    this.#list = connections ?? null;
    if (this.#list !== null) {
      this.beganNs = host.nowNs();
      this.#list.add(this);
      this.#list.activate(this);
    }
  }

  // --- feeding it -------------------------------------------------------------------------------

  /** Reads a chunk; yields after each call that Node makes from the loop itself. */
  * #take(chunk) {
    if (this.#ended !== null) {
      return this.#ended === 'upgrade' ? 0 : this.#error(this.#wrong ?? new Malformed('HPE_CLOSED_CONNECTION', 'Data after `Connection: close`'), 0);
    }
    const kept = this.#rest.length;
    this.#chunk = chunk;
    this.#rest = kept === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const size = this.#rest.length;
    try {
      for (;;) {
        const { value } = this.#reading.next();
        if (value !== 'body') break;
        yield;
      }
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      return this.#error(error, Math.max(0, size - this.#rest.length - kept + error.at));
    }
    return this.#ended === 'upgrade' ? chunk.length - this.#rest.length : chunk.length;
  }

  #error(wrong, bytesParsed) {
    this.#ended = 'error';
    this.#wrong = wrong;
    const { code, reason } = wrong;
    return Object.assign(new Error('Parse Error'), { bytesParsed, code, reason });
  }

  execute(chunk) {
    const steps = this.#take(chunk);
    const outer = current[0];
    current[0] = this.#context;
    try {
      for (;;) {
        const { done, value } = steps.next();
        if (done) return value;
      }
    } finally {
      this.#context = current[0];
      current[0] = outer;
    }
  }

  /** Nothing more comes. */
  finish() {
    if (this.#untilEnd) {
      this.#untilEnd = false;
      this.#complete();
      return undefined;
    }
    if (this.#inMessage || this.#rest.length > 0) {
      return this.#ended === null ? this.#error(new Malformed('HPE_INVALID_EOF_STATE', 'Invalid EOF state'), 0) : undefined;
    }
    return undefined;
  }

  /** Takes what a handle reads, in place of the handle's stream. */
  consume(handle) {
    this.#handle = handle;
    handle.consumer = this;
  }

  unconsume() {
    if (this.#handle !== null) this.#handle.consumer = null;
    this.#handle = null;
  }

  onStreamRead(chunk) {
    this.#steps = this.#take(chunk);
    return this.onStreamContinue();
  }

  onStreamContinue() {
    current[0] = this.#context;
    const { done, value } = this.#steps.next();
    if (done) {
      this[kOnExecute]?.(value);
      this.#chunk = null;
    }
    this.#context = current[0];
    return !done;
  }

  pause() {}
  resume() {}
  getCurrentBuffer() { return this.#chunk === null ? Buffer.alloc(0) : Buffer.from(this.#chunk); }
  duration() { return this.beganNs === 0 ? 0 : (host.nowNs() - this.beganNs) / 1e6; }
  headersCompleted() { return this.headersDone; }

  remove() { this.#list?.remove(this); }
  free() { this.#leave(); }
  close() { this.#leave(); }
  #leave() {
    this.#list?.remove(this);
    this.#list = null;
    this.beganNs = 0;
  }

  // --- messages ---------------------------------------------------------------------------------

  #begin() {
    this.#inMessage = true;
    this.headersDone = false;
    this.beganNs = host.nowNs();
    this.#list?.activate(this);
    this[kOnMessageBegin]?.();
  }

  #complete() {
    this.#inMessage = false;
    this.#list?.deactivate(this);
    this.beganNs = 0;
    this[kOnMessageComplete]?.();
  }

  /** A line without its end, once it is there whole; `budget` counts what a head may take. What is wrong with a part
      of it is told by `check`, at its place, as soon as it is there. */
  * #line(budget, check) {
    let searched = 0;
    for (;;) {
      const at = this.#rest.indexOf(LF, searched);
      if (at !== -1) {
        budget.bytes -= at + 1;
        if (budget.bytes < 0) fail(...budget.overflow ?? HEADER_OVERFLOW, at + 1);
        check?.(this.#rest.latin1Slice(0, at + 1));
        if (at === 0 || this.#rest[at - 1] !== CR) fail('HPE_CR_EXPECTED', 'Missing expected CR after header value');
        const line = this.#rest.latin1Slice(0, at - 1);
        this.#rest = this.#rest.subarray(at + 1);
        return line;
      }
      searched = this.#rest.length;
      check?.(this.#rest.latin1Slice());
      if (searched > budget.bytes) fail(...budget.overflow ?? HEADER_OVERFLOW, searched);
      yield 'more';
    }
  }

  * #fields(budget, headers) {
    for (;;) {
      const line = yield* this.#line(budget, checkField);
      if (line === '') return headers;
      const colon = line.indexOf(':');
      const name = colon === -1 ? line : line.slice(0, colon);
      if (colon === -1 || !TOKEN.test(name)) fail('HPE_INVALID_HEADER_TOKEN', 'Invalid header token');
      const value = line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '');
      if (!VALUE.test(value)) fail('HPE_INVALID_HEADER_TOKEN', 'Invalid header value char');
      headers.push(name, value);
    }
  }

  #requestLine(line) {
    const match = /^([A-Z_-]+) +(\S+) HTTP\/(\d)\.(\d)$/.exec(line);
    const [method] = line.split(' ', 1);
    if (!allMethods.includes(method)) fail('HPE_INVALID_METHOD', 'Invalid method encountered');
    if (match === null) {
      if (/ HTTP\//.test(line)) fail('HPE_INVALID_VERSION', 'Invalid HTTP version');
      fail('HPE_INVALID_CONSTANT', 'Expected HTTP/, RTSP/ or ICE/');
    }
    const [, , url, major, minor] = match;
    if (!['1.1', '1.0', '0.9', '2.0'].includes(`${major}.${minor}`)) fail('HPE_INVALID_VERSION', 'Invalid HTTP version');
    return { method, url, major: Number(major), minor: Number(minor) };
  }

  #statusLine(line) {
    const match = /^HTTP\/(\d)\.(\d) (\d{3})(?: (.*))?$/.exec(line);
    if (match === null) fail('HPE_INVALID_CONSTANT', 'Expected HTTP/');
    const [, major, minor, status, message = ''] = match;
    return { status: Number(status), message, major: Number(major), minor: Number(minor) };
  }

  /** Everything that is read, one message after the other; yields for more, and after each piece of a body. */
  * #messages() {
    yield 'more';
    for (;;) {
      while (this.#rest.length > 0 && (this.#rest[0] === CR || this.#rest[0] === LF)) this.#rest = this.#rest.subarray(1);
      if (this.#rest.length === 0) {
        yield 'more';
        continue;
      }
      this.#begin();
      const budget = { bytes: this.#mostHeaderBytes };
      const isResponse = this.#type === RESPONSE;
      const line = yield* this.#line(budget, isResponse ? checkStatusLine : checkRequestLine);
      const start = isResponse ? this.#statusLine(line) : this.#requestLine(line);
      const headers = yield* this.#fields(budget, []);
      const frame = framing(headers, isResponse, start.major + start.minor / 10, start.status);
      const upgrades = frame.upgrades || start.method === 'CONNECT';
      const skips = this.#headersComplete(start, headers, frame, upgrades);
      if (upgrades && skips !== 1 || skips === 2) {
        this.#complete();
        this.#ended = 'upgrade';
        return;
      }
      frame.hasNoBody ||= skips === 1;
      if (!frame.hasNoBody) yield* this.#body(frame, isResponse);
      if (this.#ended !== null) return;
      this.#complete();
      if (this.#ended === null && !keepsAlive(frame, isResponse)) this.#ended = 'close';
      if (this.#ended !== null) {
        if (this.#rest.length > 0) fail('HPE_CLOSED_CONNECTION', 'Data after `Connection: close`');
        return;
      }
    }
  }

  /** Returns 1 where the message has no body whatever its head says, 2 where HTTP ends with it. */
  #headersComplete(start, headers, frame, upgrades) {
    const isResponse = this.#type === RESPONSE;
    this.headersDone = true;
    
    const result = this[kOnHeadersComplete]?.(
      start.major, start.minor, headers, isResponse ? undefined : allMethods.indexOf(start.method),
      isResponse ? undefined : start.url, isResponse ? start.status : undefined, isResponse ? start.message : undefined,
      upgrades, keepsAlive(frame, isResponse));
    return Number(result) || 0;
  }

  * #body(frame, isResponse) {
    if (frame.isChunked) {
      yield* this.#chunks();
    } else if (frame.length !== undefined) {
      yield* this.#bytes(frame.length);
    } else if (isResponse) {
      this.#untilEnd = true;
      for (;;) {
        if (this.#rest.length > 0) yield* this.#bytes(this.#rest.length);
        yield 'more';
      }
    }
  }

  * #bytes(length) {
    while (length > 0) {
      if (this.#rest.length === 0) {
        yield 'more';
        continue;
      }
      const piece = this.#rest.subarray(0, length);
      this.#rest = this.#rest.subarray(piece.length);
      length -= piece.length;
      this[kOnBody]?.(Buffer.from(piece));
      yield 'body';
    }
  }

  * #chunks() {
    for (;;) {
      const line = yield* this.#line({ bytes: MOST_CHUNK_HEAD_BYTES, overflow: CHUNK_EXTENSIONS_OVERFLOW });
      const match = /^([0-9a-fA-F]+)[ \t]*(;.*)?$/.exec(line);
      if (match === null) fail('HPE_INVALID_CHUNK_SIZE', 'Invalid character in chunk size');
      const size = Number.parseInt(match[1], 16);
      if (!Number.isSafeInteger(size)) fail('HPE_INVALID_CHUNK_SIZE', 'Chunk size overflow');
      if (size === 0) break;
      yield* this.#bytes(size);
      const end = yield* this.#line({ bytes: 2 });
      if (end !== '') fail('HPE_STRICT', 'Expected LF after chunk data');
    }
    const trailers = yield* this.#fields({ bytes: this.#mostHeaderBytes }, []);
    if (trailers.length > 0) this[kOnHeaders]?.(trailers, '');
  }
}

Object.assign(HTTPParser, {
  REQUEST, RESPONSE, kOnMessageBegin, kOnHeaders, kOnHeadersComplete, kOnBody, kOnMessageComplete, kOnExecute, kOnTimeout,
  kLenientNone: 0, kLenientHeaders: 1, kLenientChunkedLength: 2, kLenientKeepAlive: 4, kLenientTransferEncoding: 8,
  kLenientVersion: 16, kLenientDataAfterClose: 32, kLenientOptionalLFAfterCR: 64, kLenientOptionalCRLFAfterChunk: 128,
  kLenientOptionalCRBeforeLF: 256, kLenientSpacesAfterChunkSize: 512, kLenientAll: 1023,
});

return { HTTPParser, ConnectionsList, methods: [...methods].sort(), allMethods };
