// What the network tells of sockets, by id.

const sockets = new Map();

internal.sockets = sockets;
internal.socketAccepted = (id, accepted) => sockets.get(id)?.onAccepted(accepted);
internal.socketConnected = (id, status) => sockets.get(id)?.onConnected(status);
internal.socketWritten = (id, status) => sockets.get(id)?.onWritten(status);
internal.socketReadEnded = (id, status) => sockets.get(id)?.onReadEnded(status);

/** Returns whether there is more to do once ticks and microtasks have run: see `socketContinues`. */
internal.socketRead = (id, data) => sockets.get(id)?.onRead(data) ?? false;
internal.socketContinues = (id) => sockets.get(id)?.onContinue() ?? false;
