// `MessageChannel`, `MessagePort`, `MessageEvent`. A message reaches its port in the poll phase; each is
// a callback of its own, with ticks and promise jobs behind it.

const { Event, EventTarget } = internal;
const secret = Symbol('constructs');
const fields = new WeakMap();

class MessageEvent extends Event {
  constructor(type, { data = null, origin = '', lastEventId = '', source = null, ports = [], ...init } = {}) {
    super(type, init);
    fields.set(this, { data, origin, lastEventId, source, ports });
  }
  get data() { return fields.get(this).data; }
  get origin() { return fields.get(this).origin; }
  get lastEventId() { return fields.get(this).lastEventId; }
  get source() { return fields.get(this).source; }
  get ports() { return fields.get(this).ports; }
}
Object.defineProperty(MessageEvent.prototype, Symbol.toStringTag, { __proto__: null, value: 'MessageEvent', configurable: true });

/** What a port that is closed sends its peer. */
const CLOSE = Symbol('close');

/** Ports that are open, in the order in which they were made: the order in which they are looked at. */
const open = new Set();
const states = new WeakMap();

/** Like Node's, a port is an `EventTarget` that has `on` and its like too. */
class MessagePort extends EventTarget {
  constructor(key) {
    if (key !== secret) throw internal.codedError(TypeError, 'ERR_CONSTRUCT_CALL_INVALID', 'Constructor cannot be called');
    super();
    states.set(this, {
      port: this, peer: undefined, queue: [], awake: false, started: false, referenced: false, closed: false, onmessage: null,
      onmessageerror: null, wrappers: new Map(), listening: 0, context: internal.asyncContext[0],
    });
    open.add(states.get(this));
  }

  postMessage(message, options = undefined) {
    if (arguments.length === 0) {
      throw internal.codedError(TypeError, 'ERR_MISSING_ARGS', 'Not enough arguments to MessagePort.postMessage');
    }
    const transfer = Array.isArray(options) ? options : options?.transfer ?? [];
    if (transfer.length > 0) throw internal.refuse('MessagePort.postMessage with transfer');
    const copy = internal.structuredClone(message);
    const { peer, closed } = states.get(this);
    if (!closed && peer !== undefined && !peer.closed) send(peer, copy);
  }

  start() {
    const state = states.get(this);
    if (state.closed) return;
    state.started = true;
    if (state.queue.length > 0) wake(state);
  }

  close(callback) {
    if (typeof callback === 'function') this.once('close', callback);
    close(states.get(this));
  }

  ref() { refer(states.get(this), true); }
  unref() { refer(states.get(this), false); }
  hasRef() { return states.get(this).referenced; }

  get onmessage() { return states.get(this).onmessage; }
  set onmessage(listener) { setHandler(states.get(this), 'message', listener); }
  get onmessageerror() { return states.get(this).onmessageerror; }
  set onmessageerror(listener) { setHandler(states.get(this), 'messageerror', listener); }

  addEventListener(type, listener, options) {
    const before = internal.targetListeners(this, type).length;
    super.addEventListener(type, listener, options);
    if (type === 'message' && before === 0 && internal.targetListeners(this, type).length === 1) {
      this.ref();
      this.start();
    }
  }

  removeEventListener(type, listener, options) {
    const before = internal.targetListeners(this, type).length;
    super.removeEventListener(type, listener, options);
    if (type === 'message' && before > 0 && internal.targetListeners(this, type).length === 0) {
      this.unref();
      states.get(this).started = false;
    }
  }

  on(type, listener) { return listen(this, type, listener, undefined); }
  addListener(type, listener) { return listen(this, type, listener, undefined); }
  once(type, listener) { return listen(this, type, listener, { once: true }); }

  off(type, listener) {
    const { wrappers } = states.get(this);
    const wrapper = wrappers.get(type)?.get(listener);
    wrappers.get(type)?.delete(listener);
    this.removeEventListener(type, wrapper ?? listener);
    return this;
  }
  removeListener(type, listener) { return this.off(type, listener); }

  removeAllListeners(type) {
    const { wrappers } = states.get(this);
    const types = type === undefined ? ['message', 'messageerror', 'close', ...wrappers.keys()] : [type];
    for (const one of types) {
      for (const listener of internal.targetListeners(this, one).slice()) this.removeEventListener(one, listener);
      wrappers.delete(one);
    }
    return this;
  }

  emit(type, arg) { return emit(this, type, arg); }
  listenerCount(type) { return internal.targetListeners(this, type).length; }
  eventNames() { return ['message', 'messageerror', 'close'].filter((type) => this.listenerCount(type) > 0); }
}
Object.defineProperty(MessagePort.prototype, Symbol.toStringTag, { __proto__: null, value: 'MessagePort', configurable: true });

function setHandler(state, type, listener) {
  const { port } = state;
  const name = `on${type}`;
  if (state[name]) port.removeEventListener(type, state[name]);
  state[name] = typeof listener === 'function' ? listener : null;
  if (state[name]) port.addEventListener(type, state[name]);
}

/** A listener in the manner of emitters is given the data, not the event. */
function listen(port, type, listener, options) {
  internal.validateFunction(listener, 'listener');
  const { wrappers } = states.get(port);
  if (!wrappers.has(type)) wrappers.set(type, new Map());
  const wrapper = function (event) { return listener.call(port, event instanceof MessageEvent ? event.data : fields.get(event)?.data); };
  wrappers.get(type).set(listener, wrapper);
  port.addEventListener(type, wrapper, options);
  return port;
}

function emit(port, type, arg) {
  const listeners = port.listenerCount(type) > 0;
  const event = type === 'message' || type === 'messageerror' ? new MessageEvent(type, { data: arg }) : new Event(type);
  if (type !== 'message' && type !== 'messageerror') fields.set(event, { data: arg });
  port.dispatchEvent(event);
  return listeners;
}

function refer(state, referenced) {
  if (state.closed || state.referenced === referenced) return;
  state.referenced = referenced;
  if (referenced) internal.world.hold();
  else internal.world.release();
}

function send(state, message) {
  state.queue.push(message);
  if (state.started) wake(state);
}

function wake(state) {
  state.awake = true;
  internal.world.wake();
}

function close(state) {
  if (state.closed) return;
  refer(state, false);
  state.closed = true;
  internal.world.hold();
  const { peer } = state;
  if (peer !== undefined && !peer.closed) {
    peer.queue.push(CLOSE);
    wake(peer);
  }
  internal.closeSoon(() => {
    open.delete(state);
    internal.world.release();
    emit(state.port, 'close');
  });
}

// --- delivery -------------------------------------------------------------------------------

/** Messages that one port gets before others have their turn. */
const MOST_AT_ONCE = 1000;
let ports = [];
let left = 0;

/** The loop was woken: the ports are looked at one after another. */
internal.portsBegin = function portsBegin() {
  ports = [...open];
  left = 0;
};

/** Delivers one message; returns whether there was one. */
internal.portsNext = function portsNext() {
  while (ports.length > 0) {
    const [state] = ports;
    if (left === 0) {
      if (state.awake) left = Math.max(state.queue.length, MOST_AT_ONCE);
      state.awake = false;
    }
    const closes = state.queue[0] === CLOSE;
    if (left === 0 || state.closed || state.queue.length === 0 || !(state.started || closes)) {
      ports.shift();
      left = 0;
      continue;
    }
    left--;
    const message = state.queue.shift();
    if (left === 0 && state.queue.length > 0) wake(state);
    if (closes) {
      close(state);
      continue;
    }
    internal.asyncContext[0] = state.context;
    emit(state.port, 'message', message);
    return true;
  }
  return false;
};

class MessageChannel {
  constructor() {
    this.port1 = new MessagePort(secret);
    this.port2 = new MessagePort(secret);
    const [one, two] = [states.get(this.port1), states.get(this.port2)];
    one.peer = two;
    two.peer = one;
  }
}
Object.defineProperty(MessageChannel.prototype, Symbol.toStringTag, { __proto__: null, value: 'MessageChannel', configurable: true });

/** The oldest message of a port, taken without waiting. */
function receiveMessageOnPort(port) {
  if (!(port instanceof MessagePort)) throw internal.codedError(TypeError, 'ERR_INVALID_ARG_TYPE', 'The "port" argument must be a MessagePort instance');
  const { queue } = states.get(port);
  return queue.length === 0 || queue[0] === CLOSE ? undefined : { message: queue.shift() };
}

Object.assign(internal, { MessageChannel, MessageEvent, MessagePort });

/** `worker_threads`, as it is on the main thread of a program without workers. */
internal.workerThreads = {
  isMainThread: true,
  parentPort: null,
  resourceLimits: {},
  threadId: 0,
  workerData: null,
  MessageChannel,
  MessagePort,
  receiveMessageOnPort,
};
