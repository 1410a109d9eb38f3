// TCP sockets over the simulated network.

const { world, finishSoon, sockets, Handle } = internal;
const { Buffer } = internal.nodeRequire('buffer');
const { UV_EADDRINUSE, UV_ECANCELED, UV_EINVAL, UV_ENOTCONN } = internal.nodeBinding('uv');
const {
  streamBaseState, kReadBytesOrError, kArrayBufferOffset, kBytesWritten, kLastWriteWasAsync,
} = internal.nodeBinding('stream_wrap');

const current = internal.asyncContext;
const constants = { SOCKET: 0, SERVER: 1, UV_TCP_IPV6ONLY: 1 };
const familyOf = (ip) => (ip.includes(':') ? 'IPv6' : 'IPv4');

function fillIn(out, address) {
  if (address === undefined || address === null) return -107; // ENOTCONN
  const [ip, port] = address;
  out.address = ip;
  out.family = familyOf(ip);
  out.port = port;
  return 0;
}

class TCP extends Handle {
  #id;
  #isServer;
  #isListening = false;
  #connecting;
  #isReading = false;
  #writes = [];
  #shutdown;

  bytesRead = 0;
  bytesWritten = 0;
  fd = -1;
  isStreamBase = true;
  /** A parser that takes what is read in place of `onread`. */
  consumer = null;

  constructor(type, id = world.socket()) {
    super();
    this.#isServer = type === constants.SERVER;
    this.#id = id;
    sockets.set(id, this);
  }

  get resourceName() { return this.#isServer ? 'TCPServerWrap' : 'TCPSocketWrap'; }

  #awaits() {
    this.setActive(this.#isListening || this.#connecting !== undefined || this.#isReading || this.#writes.length > 0);
  }

  // --- addresses ------------------------------------------------------------------------------

  bind(address, port) { return world.bind(this.#id, address, port ?? 0); }
  bind6(address, port) { return this.bind(address, port); }
  getsockname(out) {
    if (world.boundInVain(this.#id)) return UV_EADDRINUSE;
    return fillIn(out, world.localAddress(this.#id));
  }
  getpeername(out) { return fillIn(out, world.remoteAddress(this.#id)); }

  listen() {
    const error = world.listen(this.#id);
    if (error === 0) {
      this.#isListening = true;
      this.#awaits();
    }
    return error;
  }

  onAccepted(id) {
    current[0] = undefined;
    const client = new TCP(constants.SOCKET, id);
    this.enter();
    this.onconnection(0, client);
    this.leave();
  }

  connect(request, address, port) {
    const error = world.connect(this.#id, address, port);
    if (error !== 0) return error;
    this.#connecting = { request, context: current[0] };
    world.hold();
    this.#awaits();
    return 0;
  }

  connect6(request, address, port) { return this.connect(request, address, port); }

  onConnected(status) {
    if (this.#connecting === undefined) return;
    const { request, context } = this.#connecting;
    this.#connecting = undefined;
    world.release();
    this.#awaits();
    current[0] = context;
    request.oncomplete(status, this, request, true, true);
  }

  // --- reading --------------------------------------------------------------------------------

  #read(isReading) {
    if (this.isClosed) return UV_EINVAL;
    this.#isReading = isReading;
    this.#awaits();
    return world.setReading(this.#id, isReading);
  }

  readStart() { return this.#read(true); }
  readStop() { return this.#read(false); }

  onRead(data) {
    this.bytesRead += data.byteLength;
    if (this.consumer !== null) return this.consumer.onStreamRead(Buffer.from(data));
    streamBaseState[kReadBytesOrError] = data.byteLength;
    streamBaseState[kArrayBufferOffset] = 0;
    this.enter();
    this.onread(data);
    this.leave();
    return false;
  }

  onContinue() { return this.consumer?.onStreamContinue() ?? false; }

  onReadEnded(status) {
    this.#isReading = false;
    this.#awaits();
    streamBaseState[kReadBytesOrError] = status;
    this.enter();
    this.onread(undefined);
    this.leave();
  }

  // --- writing --------------------------------------------------------------------------------

  get writeQueueSize() { return this.#writes.reduce((sum, { bytes }) => sum + bytes, 0); }

  #write(request, data) {
    const result = world.send(this.#id, data);
    const isError = typeof result === 'number';
    streamBaseState[kBytesWritten] = isError ? 0 : data.length;
    streamBaseState[kLastWriteWasAsync] = result === false ? 1 : 0;
    if (isError) return result;
    this.bytesWritten += data.length;
    if (result === false) {
      this.#writes.push({ request, bytes: data.length, context: current[0] });
      world.hold();
      this.#awaits();
    }
    return 0;
  }

  writeBuffer(request, data) {
    if (!ArrayBuffer.isView(data)) {
      throw Object.assign(new TypeError('Second argument must be a buffer'), { code: 'ERR_INVALID_ARG_TYPE' });
    }
    return this.#write(request, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  writeUtf8String(request, text) { return this.#write(request, Buffer.from(text, 'utf8')); }
  writeAsciiString(request, text) { return this.#write(request, Buffer.from(text, 'latin1')); }
  writeLatin1String(request, text) { return this.#write(request, Buffer.from(text, 'latin1')); }
  writeUcs2String(request, text) { return this.#write(request, Buffer.from(text, 'utf16le')); }

  writev(request, chunks, allBuffers) {
    if (allBuffers) return this.#write(request, Buffer.concat(chunks));
    const parts = [];
    for (let i = 0; i < chunks.length; i += 2) {
      parts.push(typeof chunks[i] === 'string' ? Buffer.from(chunks[i], chunks[i + 1]) : chunks[i]);
    }
    return this.#write(request, Buffer.concat(parts));
  }

  onWritten(status) {
    this.#endWrites(status);
    if (this.#shutdown !== undefined) this.#endShutdown(this.#shutdown, status);
  }

  #endWrites(status) {
    const writes = this.#writes;
    this.#writes = [];
    this.#awaits();
    for (const { request, context } of writes) {
      world.release();
      current[0] = context;
      request.oncomplete(status, this, undefined);
    }
  }

  shutdown(request) {
    if ((world.remoteAddress(this.#id) ?? null) === null) return UV_ENOTCONN;
    if (this.#writes.length > 0) this.#shutdown = request;
    else this.#endShutdown(request, 0);
    return 0;
  }

  /** libuv says so to the system in the next pending phase, behind what other callbacks write until then. */
  #endShutdown(request, status) {
    this.#shutdown = undefined;
    finishSoon(() => {
      if (!this.isClosed) world.shutdown(this.#id);
      request.oncomplete(status);
    });
  }

  // --- the end ----------------------------------------------------------------------------------

  reset(callback) {
    this.#isReset = true;
    this.close(callback);
    return 0;
  }

  #isReset = false;

  onClosing() {
    sockets.delete(this.#id);
    world.closeSocket(this.#id, this.#isReset);
  }

  /** Requests under way end with the handle. */
  onClosed() {
    this.onConnected(UV_ECANCELED);
    this.#endWrites(UV_ECANCELED);
    this.#shutdown?.oncomplete(UV_ECANCELED);
    this.#shutdown = undefined;
  }

  setNoDelay() { return 0; }
  setKeepAlive() { return 0; }
  setSimultaneousAccepts() { return 0; }
  setBlocking() { return 0; }
  useUserBuffer() { throw internal.refuse('net.Socket with onread'); }
  open() { throw internal.refuse('a socket of a descriptor'); }
}

return { TCP, TCPConnectWrap: class TCPConnectWrap {}, constants };
