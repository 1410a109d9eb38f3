// Streams over handles of libuv's, of which there are none.
const refuse = (name) => class { constructor() { throw internal.unavailable(name); } };
return {
  WriteWrap: refuse('WriteWrap'),
  ShutdownWrap: refuse('ShutdownWrap'),
  kReadBytesOrError: 0,
  kLastWriteWasAsync: 2,
  streamBaseState: new Int32Array(5),
};
