class Pipe { constructor() { throw internal.refuse('a socket of the local domain (a path in place of a port)'); } }
return { Pipe, PipeConnectWrap: class PipeConnectWrap {}, constants: { SOCKET: 0, SERVER: 1, IPC: 2, UV_READABLE: 1, UV_WRITABLE: 2 } };
