// `process.stdin`: nothing comes from it but its end.

const { Readable } = internal.nodeRequire('stream');

internal.stdin = Object.assign(
  new Readable({ highWaterMark: 65536, read() { internal.timers.setImmediate(() => this.push(null)); } }), { fd: 0 });
