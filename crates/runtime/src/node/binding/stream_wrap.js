// What reading and writing of streams tell the library beside their results.

class Request {
  getAsyncId() { return 0; }
}

return {
  kReadBytesOrError: 0,
  kArrayBufferOffset: 1,
  kBytesWritten: 2,
  kLastWriteWasAsync: 3,
  streamBaseState: new Int32Array(4),
  WriteWrap: class WriteWrap extends Request {},
  ShutdownWrap: class ShutdownWrap extends Request {},
  LibuvStreamWrap: class LibuvStreamWrap {},
};
