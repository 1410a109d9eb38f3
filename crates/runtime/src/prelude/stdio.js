// stdout and stderr as Writables.

const { Writable } = internal.nodeRequire('stream');

const shut = new WeakSet();

/** Behaves as a pipe that is written to at once: what ends it shuts the pipe, not the stream. */
class StdioStream extends Writable {
  _write(chunk, encoding, callback) {
    if (shut.has(this)) {
      const error = internal.codedError(Error, 'EPIPE', 'write EPIPE', { errno: -32, syscall: 'write' });
      callback(error);
      return;
    }
    internal.writeChunk(this.fd, chunk, encoding);
    callback();
  }

  _final(callback) {
    shut.add(this);
    callback();
  }

  _destroy(error, callback) {
    callback(error);
    this._undestroy();
    if (!this._writableState.emitClose) internal.nextTick(() => this.emit('close'));
  }

  destroySoon() { this.destroy(); }
}

/** Makes a Writable of what was none, without a program seeing another object. */
function upgrade(stream) {
  const { fd, writable, _events, _eventsCount, ...own } = stream;
  const fresh = new StdioStream({ decodeStrings: false, emitClose: false });
  delete stream.writable;
  Object.setPrototypeOf(stream, StdioStream.prototype);
  Object.assign(stream, fresh, own, { fd, _type: 'pipe', _isStdio: true });
  for (const [event, listeners] of Object.entries(_events ?? {})) {
    for (const listener of [listeners].flat()) stream.on(event, listener);
  }
}

const noop = () => {};

/** Writes for `console`, for which errors are no exceptions. */
internal.writeQuietly = function writeQuietly(stream, text) {
  try {
    if (stream.listenerCount('error') === 0) stream.once('error', noop);
    stream.write(text, (error) => {
      if (error && !stream._writableState.errorEmitted && stream.listenerCount('error') === 0) stream.once('error', noop);
    });
  } finally {
    stream.removeListener('error', noop);
  }
};

internal.upgradeStdio = function upgradeStdio() {
  upgrade(internal.process.stdout);
  upgrade(internal.process.stderr);
};
