// `events`: EventEmitter.

const kCapture = Symbol('kCapture');
const kShapeMode = Symbol('shapeMode');
const kErrorMonitor = Symbol('events.errorMonitor');
const kRejection = Symbol.for('nodejs.rejection');
const kMaxEventTargetListeners = Symbol('events.maxEventTargetListeners');
let defaultMaxListeners = 10;

function checkListener(listener) {
  if (typeof listener !== 'function') throw internal.invalidArgType('listener', 'of type function', listener);
}

function validateCount(n, name) {
  internal.validateNumber(n, name);
  if (n < 0 || Number.isNaN(n)) throw internal.outOfRange(name, '>= 0', n);
}

function EventEmitter(options) {
  EventEmitter.init.call(this, options);
}

Object.defineProperty(EventEmitter.prototype, kCapture, { __proto__: null, value: false, writable: true });
EventEmitter.prototype._events = undefined;
EventEmitter.prototype._eventsCount = 0;
EventEmitter.prototype._maxListeners = undefined;

EventEmitter.init = function init(options) {
  if (this._events === undefined || this._events === Object.getPrototypeOf(this)._events) {
    this._events = { __proto__: null };
    this._eventsCount = 0;
    this[kShapeMode] = false;
  } else {
    this[kShapeMode] = true; // listeners that are gone leave their name behind
  }
  this._maxListeners = this._maxListeners || undefined;
  if (options?.captureRejections) {
    internal.validateBoolean(options.captureRejections, 'options.captureRejections');
    this[kCapture] = true;
  } else {
    this[kCapture] = EventEmitter.prototype[kCapture];
  }
};

/** Hands what a listener's promise is rejected with to the emitter, where it asked for that. */
function capture(emitter, promise, type, args) {
  if (!emitter[kCapture]) return;
  try {
    const { then } = promise;
    if (typeof then !== 'function') return;
    then.call(promise, undefined, (error) => internal.process.nextTick(emitRejection, emitter, error, type, args));
  } catch (error) {
    emitter.emit('error', error);
  }
}

function emitRejection(emitter, error, type, args) {
  if (typeof emitter[kRejection] === 'function') {
    emitter[kRejection](error, type, ...args);
    return;
  }
  const before = emitter[kCapture];
  try {
    emitter[kCapture] = false;
    emitter.emit('error', error);
  } finally {
    emitter[kCapture] = before;
  }
}

const limitOf = (emitter) => (emitter._maxListeners === undefined ? defaultMaxListeners : emitter._maxListeners);

Object.assign(EventEmitter.prototype, {
  setMaxListeners(n) {
    validateCount(n, 'setMaxListeners');
    this._maxListeners = n;
    return this;
  },

  getMaxListeners() { return limitOf(this); },

  emit(type, ...args) {
    const events = this._events;
    if (type === 'error') {
      if (events !== undefined && events[kErrorMonitor] !== undefined) this.emit(kErrorMonitor, ...args);
      if (events === undefined || events.error === undefined) throw unhandledError(args[0]);
    } else if (events === undefined) {
      return false;
    }
    const handler = events[type];
    if (handler === undefined) return false;
    if (typeof handler === 'function') {
      const result = handler.apply(this, args);
      if (result !== undefined && result !== null) capture(this, result, type, args);
    } else {
      for (const listener of handler.slice()) {
        const result = listener.apply(this, args);
        if (result !== undefined && result !== null) capture(this, result, type, args);
      }
    }
    return true;
  },

  addListener(type, listener) { return add(this, type, listener, false); },
  prependListener(type, listener) { return add(this, type, listener, true); },
  once(type, listener) {
    checkListener(listener);
    return this.on(type, onceWrapper(this, type, listener));
  },
  prependOnceListener(type, listener) {
    checkListener(listener);
    return this.prependListener(type, onceWrapper(this, type, listener));
  },

  removeListener(type, listener) {
    checkListener(listener);
    const events = this._events;
    const list = events?.[type];
    if (list === undefined) return this;
    if (list === listener || list.listener === listener) {
      this._eventsCount -= 1;
      if (this[kShapeMode]) {
        events[type] = undefined;
      } else if (this._eventsCount === 0) {
        this._events = { __proto__: null };
      } else {
        delete events[type];
        if (events.removeListener) this.emit('removeListener', type, list.listener || listener);
      }
    } else if (typeof list !== 'function') {
      const at = list.findLastIndex((one) => one === listener || one.listener === listener);
      if (at < 0) return this;
      list.splice(at, 1); // an emit under way goes on with what it saw
      if (list.length === 1) events[type] = list[0];
      if (events.removeListener !== undefined) this.emit('removeListener', type, listener);
    }
    return this;
  },

  removeAllListeners(type) {
    const events = this._events;
    if (events === undefined) return this;
    if (events.removeListener === undefined) {
      if (arguments.length === 0) {
        this._events = { __proto__: null };
        this._eventsCount = 0;
      } else if (events[type] !== undefined) {
        if (--this._eventsCount === 0) this._events = { __proto__: null };
        else delete events[type];
      }
      this[kShapeMode] = false;
      return this;
    }
    if (arguments.length === 0) {
      for (const key of Reflect.ownKeys(events)) if (key !== 'removeListener') this.removeAllListeners(key);
      this.removeAllListeners('removeListener');
      this._events = { __proto__: null };
      this._eventsCount = 0;
      this[kShapeMode] = false;
      return this;
    }
    const listeners = events[type];
    for (const listener of [].concat(listeners ?? []).reverse()) this.removeListener(type, listener);
    return this;
  },

  listeners(type) { return listenersOf(this, type).map((listener) => listener.listener || listener); },
  rawListeners(type) { return listenersOf(this, type); },

  listenerCount(type, listener) {
    const all = listenersOf(this, type);
    if (listener == null) return all.length;
    return all.filter((one) => one === listener || one.listener === listener).length;
  },

  eventNames() { return this._eventsCount > 0 ? Reflect.ownKeys(this._events) : []; },
});
EventEmitter.prototype.on = EventEmitter.prototype.addListener;
EventEmitter.prototype.off = EventEmitter.prototype.removeListener;

function unhandledError(error) {
  if (error instanceof Error) return error;
  let shown;
  try {
    shown = internal.inspect(error);
  } catch {
    shown = error;
  }
  return internal.codedError(Error, 'ERR_UNHANDLED_ERROR', `Unhandled error. (${shown})`, { context: error });
}

function listenersOf(emitter, type) {
  const list = emitter._events?.[type];
  if (list === undefined) return [];
  return typeof list === 'function' ? [list] : list.slice();
}

function add(emitter, type, listener, first) {
  checkListener(listener);
  let events = emitter._events;
  if (events === undefined) {
    events = emitter._events = { __proto__: null };
    emitter._eventsCount = 0;
  } else if (events.newListener !== undefined) {
    emitter.emit('newListener', type, listener.listener ?? listener);
    events = emitter._events; // the listener may have replaced it
  }
  const present = events[type];
  if (present === undefined) {
    events[type] = listener;
    ++emitter._eventsCount;
    return emitter;
  }
  const next = typeof present === 'function' ? (events[type] = [present]) : present;
  if (first) next.unshift(listener);
  else next.push(listener);
  const limit = limitOf(emitter);
  if (limit > 0 && next.length > limit && !next.warned) {
    next.warned = true;
    const name = internal.inspect(emitter, { depth: -1 });
    const warning = new Error(
      `Possible EventEmitter memory leak detected. ${next.length} ${String(type)} listeners added to ${name}. ` +
      `MaxListeners is ${limit}. Use emitter.setMaxListeners() to increase limit`);
    warning.name = 'MaxListenersExceededWarning';
    Object.assign(warning, { emitter, type, count: next.length });
    internal.process.emitWarning(warning);
  }
  return emitter;
}

function onceWrapper(target, type, listener) {
  let fired = false;
  const wrapped = function (...args) {
    if (fired) return undefined;
    target.removeListener(type, wrapped);
    fired = true;
    return listener.apply(target, args);
  };
  Object.defineProperty(wrapped, 'name', { __proto__: null, value: 'bound onceWrapper' });
  wrapped.listener = listener;
  return wrapped;
}

EventEmitter.usingDomains = false;
EventEmitter.EventEmitter = EventEmitter;
EventEmitter.once = function once(emitter, name, options) { return internal.eventOnce(emitter, name, options); };
EventEmitter.on = function on(emitter, event, options) { return internal.eventsOn(emitter, event, options); };
EventEmitter.errorMonitor = kErrorMonitor;
EventEmitter.captureRejectionSymbol = kRejection;
Object.defineProperty(EventEmitter, 'captureRejections', {
  __proto__: null,
  enumerable: true,
  get: () => EventEmitter.prototype[kCapture],
  set(value) {
    internal.validateBoolean(value, 'EventEmitter.captureRejections');
    EventEmitter.prototype[kCapture] = value;
  },
});
Object.defineProperty(EventEmitter, 'kMaxEventTargetListeners', { __proto__: null, value: kMaxEventTargetListeners });
Object.defineProperty(EventEmitter, 'kMaxEventTargetListenersWarned', { __proto__: null, value: Symbol('events.maxEventTargetListenersWarned') });
EventEmitter.addAbortListener = function addAbortListener(signal, listener) { return internal.addAbortListener(signal, listener); };
EventEmitter.listenerCount = (emitter, type) => (
  typeof emitter.listenerCount === 'function' ? emitter.listenerCount(type) : EventEmitter.prototype.listenerCount.call(emitter, type));
EventEmitter.getEventListeners = function getEventListeners(emitter, type) {
  if (typeof emitter.listeners === 'function') return emitter.listeners(type);
  const listeners = internal.isEventTarget(emitter) ? internal.targetListeners(emitter, type) : undefined;
  if (listeners === undefined) throw internal.invalidArgType('emitter', 'an instance of EventEmitter or EventTarget', emitter);
  return listeners;
};
EventEmitter.getMaxListeners = function getMaxListeners(emitter) {
  if (typeof emitter?.getMaxListeners === 'function') return limitOf(emitter);
  if (emitter?.[kMaxEventTargetListeners] !== undefined) return emitter[kMaxEventTargetListeners];
  throw internal.invalidArgType('emitter', 'an instance of EventEmitter or EventTarget', emitter);
};
EventEmitter.setMaxListeners = function setMaxListeners(n = defaultMaxListeners, ...targets) {
  validateCount(n, 'setMaxListeners');
  if (targets.length === 0) defaultMaxListeners = n;
  for (const target of targets) {
    if (internal.isEventTarget(target)) target[kMaxEventTargetListeners] = n;
    else if (typeof target.setMaxListeners === 'function') target.setMaxListeners(n);
    else throw internal.invalidArgType('eventTargets', 'an instance of EventEmitter or EventTarget', target);
  }
};
Object.defineProperty(EventEmitter, 'defaultMaxListeners', {
  __proto__: null,
  enumerable: true,
  get: () => defaultMaxListeners,
  set(n) {
    validateCount(n, 'defaultMaxListeners');
    defaultMaxListeners = n;
  },
});
Object.defineProperty(EventEmitter, 'EventEmitterAsyncResource', {
  __proto__: null,
  configurable: true, enumerable: true, get: () => internal.EventEmitterAsyncResource,
});
internal.EventEmitter = EventEmitter;
