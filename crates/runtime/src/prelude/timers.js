// Timers and immediates. The loop on the other side keeps the order; the objects and their
// callbacks are kept here, by id.

const TIMEOUT_MAX = 2 ** 31 - 1;
const timeouts = new Map();
const immediates = new Map();
/** Timers whose number a program took, so that it can clear them by number. */
const numbered = new Map();
let lastId = 0;
const kRefed = Symbol('refed');
const kId = Symbol('asyncId');
const customPromisify = Symbol.for('nodejs.util.promisify.custom');
const customInspect = Symbol.for('nodejs.util.inspect.custom');

function delayOf(after) {
  after *= 1;
  if (after >= 1 && after <= TIMEOUT_MAX) return after;
  if (after > TIMEOUT_MAX) {
    internal.process.emitWarning(
      `${after} does not fit into a 32-bit signed integer.\nTimeout duration was set to 1.`, 'TimeoutOverflowWarning');
  }
  return 1;
}

class Timeout {
  constructor(callback, after, args, isRepeat, isRefed) {
    this._idleTimeout = delayOf(after);
    this._onTimeout = callback;
    this._timerArgs = args;
    this._repeat = isRepeat ? this._idleTimeout : null;
    this._destroyed = false;
    this[kRefed] = isRefed;
    this[kId] = ++lastId;
    start(this);
  }

  [customInspect](depth, options) {
    return internal.inspect(this, { ...options, depth: 0, customInspect: false });
  }

  refresh() {
    if (this._idleTimeout < 0) return this;
    this._destroyed = false;
    start(this);
    return this;
  }

  unref() { return setReferenced(this, false); }
  ref() { return setReferenced(this, true); }
  hasRef() { return this[kRefed]; }
  close() { clearTimeout(this); return this; }

  [Symbol.toPrimitive]() {
    numbered.set(this[kId], this);
    return this[kId];
  }
}
if (Symbol.dispose) Timeout.prototype[Symbol.dispose] = function dispose() { clearTimeout(this); };

function start(timer) {
  timeouts.set(timer[kId], timer);
  host.timerStart(timer[kId], Math.trunc(timer._idleTimeout), timer._repeat !== null, timer[kRefed], internal.placeOf(timer._onTimeout));
}

function setReferenced(timer, referenced) {
  if (timer[kRefed] !== referenced) {
    timer[kRefed] = referenced;
    if (!timer._destroyed) host.timerRef(timer[kId], referenced);
  }
  return timer;
}

internal.fireTimer = function fireTimer(id) {
  const timer = timeouts.get(id);
  if (timer === undefined) return;
  const repeats = timer._repeat !== null;
  if (!repeats) timeouts.delete(id);
  try {
    const { _timerArgs: args } = timer;
    if (args === undefined) timer._onTimeout();
    else timer._onTimeout(...args);
  } finally {
    if (!timeouts.has(id)) {
      timer._destroyed = true;
      numbered.delete(id);
    }
  }
};

function setTimeout(callback, after, ...args) {
  internal.validateFunction(callback, 'callback');
  return new Timeout(callback, after, args.length > 0 ? args : undefined, false, true);
}

function setInterval(callback, repeat, ...args) {
  internal.validateFunction(callback, 'callback');
  return new Timeout(callback, repeat, args.length > 0 ? args : undefined, true, true);
}

function clearTimeout(timer) {
  if (typeof timer === 'number' || typeof timer === 'string') timer = numbered.get(Number(timer));
  if (!timer?._onTimeout) return;
  timer._onTimeout = null;
  if (timer._destroyed) return;
  timer._destroyed = true;
  timer._idleTimeout = -1;
  timeouts.delete(timer[kId]);
  numbered.delete(timer[kId]);
  host.timerClear(timer[kId]);
}

function clearInterval(timer) { clearTimeout(timer); }

class Immediate {
  constructor(callback, args) {
    this._onImmediate = callback;
    this._argv = args;
    this._destroyed = false;
    this[kRefed] = true;
    this[kId] = ++lastId;
    immediates.set(this[kId], this);
    host.immediateStart(this[kId], internal.placeOf(callback));
  }

  ref() { return this.#setReferenced(true); }
  unref() { return this.#setReferenced(false); }
  hasRef() { return !!this[kRefed]; }

  #setReferenced(referenced) {
    if (!this._destroyed && this[kRefed] !== referenced) {
      this[kRefed] = referenced;
      host.immediateRef(this[kId], referenced);
    }
    return this;
  }
}
if (Symbol.dispose) Immediate.prototype[Symbol.dispose] = function dispose() { clearImmediate(this); };

internal.fireImmediate = function fireImmediate(id) {
  const immediate = immediates.get(id);
  immediates.delete(id);
  immediate._destroyed = true;
  immediate[kRefed] = null;
  try {
    if (immediate._argv === undefined) immediate._onImmediate();
    else immediate._onImmediate(...immediate._argv);
  } finally {
    immediate._onImmediate = null;
  }
};

function setImmediate(callback, ...args) {
  internal.validateFunction(callback, 'callback');
  return new Immediate(callback, args.length > 0 ? args : undefined);
}

function clearImmediate(immediate) {
  if (!immediate || immediate._destroyed) return;
  if (!(immediate instanceof Immediate)) return;
  immediate._destroyed = true;
  immediate[kRefed] = null;
  immediate._onImmediate = null;
  immediates.delete(immediate[kId]);
  host.immediateClear(immediate[kId]);
}

internal.timers = { setTimeout, clearTimeout, setImmediate, clearImmediate, setInterval, clearInterval };
Object.assign(internal, { Timeout, Immediate });

/** For Node's own functions: a timer whose callback takes no part in `this` or arguments. */
internal.startTimer = (callback, after, { ref = true } = {}) => new Timeout(callback, after, undefined, false, ref);

for (const name of ['setTimeout', 'setImmediate']) {
  Object.defineProperty(internal.timers[name], customPromisify, { enumerable: true, get: () => internal.timersPromises[name] });
}
