// Timers and immediates. The loop on the other side keeps the order; the objects and their
// callbacks are kept here.

const { Object } = internal.intrinsics;
let { timerStart, timerRepeat, timerClear, timerRef, immediateStart, immediateClear, immediateRef } = host;
const { tracing } = host;
/** The shortest time that a timer takes. */
let shortest = 1;

/** From now on timers and immediates are kept by something else than the loop: by a clock that a
    program steers by hand. */
internal.keepTimersIn = function keepTimersIn(keeper, least) {
  ({ timerStart, timerRepeat, timerClear, timerRef, immediateStart, immediateClear, immediateRef } = keeper);
  shortest = least;
};

const TIMEOUT_MAX = 2 ** 31 - 1;
/** Timers whose number a program took, so that it can clear them by number. */
const numbered = new Map();
let lastNumber = 0;
const kRefed = Symbol('refed');
const current = internal.asyncContext;
const kContext = Symbol('context');
const kNumber = Symbol('asyncId');
const customPromisify = Symbol.for('nodejs.util.promisify.custom');
const customInspect = Symbol.for('nodejs.util.inspect.custom');

// --- slots ------------------------------------------------------------------------------------

/** Running timers and queued immediates. A free slot holds the number of the next free one. */
const slots = [];
let firstFree = -1;

/** A timer's or immediate's slot; `~slot` while the timer's callback runs; null when in none. */
const kSlot = Symbol('slot');

function hold(object) {
  const slot = firstFree;
  if (slot === -1) {
    slots[slots.length] = object;
    return slots.length - 1;
  }
  firstFree = slots[slot];
  slots[slot] = object;
  return slot;
}

function release(slot) {
  slots[slot] = firstFree;
  firstFree = slot;
}

// --- timers -----------------------------------------------------------------------------------

const REFERENCED = 1;
const REPEAT = 2;
const FRESH = 4;

function oddDelay(after) {
  if (after > TIMEOUT_MAX) {
    internal.process.emitWarning(
      `${after} does not fit into a 32-bit signed integer.\nTimeout duration was set to 1.`, 'TimeoutOverflowWarning');
    return 1;
  }
  return shortest;
}

/** Few properties of its own, since there may be a million of them: what is not usual is set
    where it is. */
class Timeout {
  constructor(callback, after, args, isRepeat, isRefed) {
    after *= 1;
    if (!(after >= 1 && after <= TIMEOUT_MAX)) after = oddDelay(after);
    this._idleTimeout = after;
    this._onTimeout = callback;
    this[kSlot] = null;
    if (args !== undefined) this._timerArgs = args;
    if (isRepeat) this._repeat = after;
    if (!isRefed) this[kRefed] = false;
    if (current[0] !== undefined) this[kContext] = current[0];
    insert(this);
  }

  get _destroyed() { return this[kSlot] === null; }

  [customInspect](depth, options) {
    const { _idleTimeout, _onTimeout, _timerArgs, _repeat, _destroyed } = this;
    const shown = Object.assign(Object.create(Timeout.prototype, { [customInspect]: {} }), {
      _idleTimeout, _onTimeout, _timerArgs, _repeat,
    });
    Object.defineProperty(shown, '_destroyed', { __proto__: null, value: _destroyed, enumerable: true });
    shown[kRefed] = this[kRefed];
    return internal.inspect(shown, { ...options, depth: 0 });
  }

  refresh() {
    if (this._idleTimeout >= 0) insert(this);
    return this;
  }

  unref() { return setReferenced(this, false); }
  ref() { return setReferenced(this, true); }
  hasRef() { return this[kRefed]; }
  close() { clearTimeout(this); return this; }

  [Symbol.toPrimitive]() {
    this[kNumber] ??= ++lastNumber;
    numbered.set(this[kNumber], this);
    return this[kNumber];
  }
}
Object.assign(Timeout.prototype, { _timerArgs: undefined, _repeat: null, [kRefed]: true, [kContext]: undefined });
if (Symbol.dispose) Timeout.prototype[Symbol.dispose] = function dispose() { clearTimeout(this); };

/** Starts a timer, or starts it anew. */
function insert(timer) {
  let slot = timer[kSlot];
  let bits = timer[kRefed] ? REFERENCED : 0;
  if (timer._repeat !== null) bits |= REPEAT;
  if (slot === null) {
    slot = hold(timer);
    bits |= FRESH;
  } else if (slot < 0) {
    slot = ~slot;
  }
  timer[kSlot] = slot;
  if (tracing) host.place(internal.placeOf(timer._onTimeout));
  timerStart(slot, timer._idleTimeout | 0, bits);
}

function setReferenced(timer, referenced) {
  if (timer[kRefed] !== referenced) {
    timer[kRefed] = referenced;
    const slot = timer[kSlot] ?? null; // a method may be called on anything
    if (slot !== null) timerRef(slot < 0 ? ~slot : slot, referenced);
  }
  return timer;
}

internal.fireTimer = function fireTimer(slot) {
  const timer = slots[slot];
  const repeats = timer._repeat;
  if (!timer._onTimeout) {
    if (repeats) timerClear(slot);
    retire(timer, slot);
    return;
  }
  timer[kSlot] = ~slot;
  current[0] = timer[kContext];
  try {
    const args = timer._timerArgs;
    if (args === undefined) timer._onTimeout();
    else timer._onTimeout(...args);
  } finally {
    // A store that the callback entered is the timer's from now on.
    if (current[0] !== timer[kContext]) timer[kContext] = current[0];
    // The callback may have made an interval of a timeout, or the other way round.
    if (timer._repeat && timer._idleTimeout !== -1) {
      timer._idleTimeout = timer._repeat;
      timer[kSlot] = slot;
      timerRepeat(slot, timer._idleTimeout | 0);
    } else if (timer[kSlot] < 0) { // not where it was cleared: null
      if (repeats) timerClear(slot);
      retire(timer, slot);
    }
  }
};

/** A timer that will not fire again unless it is refreshed. */
function retire(timer, slot) {
  timer[kSlot] = null;
  release(slot);
  if (numbered.size > 0) numbered.delete(timer[kNumber]);
}

/** How many timers that keep the loop alive are in their callback, and will not fire again. */
internal.timersInCallbacks = () => slots.filter(
  (one) => one instanceof Timeout && one[kSlot] < 0 && one[kRefed] && one._repeat === null).length;

function setTimeout(callback, after, ...args) {
  if (typeof callback !== 'function') internal.validateFunction(callback, 'callback');
  return new Timeout(callback, after, args.length > 0 ? args : undefined, false, true);
}

function setInterval(callback, repeat, ...args) {
  if (typeof callback !== 'function') internal.validateFunction(callback, 'callback');
  return new Timeout(callback, repeat, args.length > 0 ? args : undefined, true, true);
}

function clearTimeout(timer) {
  if (typeof timer === 'number' || typeof timer === 'string') timer = numbered.get(Number(timer));
  if (!timer?._onTimeout) return;
  timer._onTimeout = null;
  if (timer._destroyed) return;
  const slot = timer[kSlot] < 0 ? ~timer[kSlot] : timer[kSlot];
  retire(timer, slot);
  timer._idleTimeout = -1;
  timerClear(slot);
}

function clearInterval(timer) { clearTimeout(timer); }

// --- immediates -------------------------------------------------------------------------------

class Immediate {
  constructor(callback, args) {
    this._onImmediate = callback;
    this._argv = args;
    this._destroyed = false;
    this[kRefed] = true;
    if (current[0] !== undefined) this[kContext] = current[0];
    this[kSlot] = hold(this);
    if (tracing) host.place(internal.placeOf(callback));
    immediateStart(this[kSlot]);
  }

  ref() { return this.#setReferenced(true); }
  unref() { return this.#setReferenced(false); }
  hasRef() { return !!this[kRefed]; }

  #setReferenced(referenced) {
    if (!this._destroyed && this[kRefed] !== referenced) {
      this[kRefed] = referenced;
      immediateRef(this[kSlot], referenced);
    }
    return this;
  }
}
if (Symbol.dispose) Immediate.prototype[Symbol.dispose] = function dispose() { clearImmediate(this); };

internal.fireImmediate = function fireImmediate(slot) {
  const immediate = slots[slot];
  release(slot);
  immediate._destroyed = true;
  immediate[kRefed] = null;
  current[0] = immediate[kContext];
  try {
    const args = immediate._argv;
    if (args === undefined) immediate._onImmediate();
    else immediate._onImmediate(...args);
  } finally {
    immediate._onImmediate = null;
  }
};

function setImmediate(callback, ...args) {
  if (typeof callback !== 'function') internal.validateFunction(callback, 'callback');
  return new Immediate(callback, args.length > 0 ? args : undefined);
}

function clearImmediate(immediate) {
  if (!immediate || immediate._destroyed) return;
  immediate._destroyed = true;
  immediate[kRefed] = null;
  immediate._onImmediate = null;
  if (!(immediate instanceof Immediate)) return;
  release(immediate[kSlot]);
  immediateClear(immediate[kSlot]);
}

internal.timers = { setTimeout, clearTimeout, setImmediate, clearImmediate, setInterval, clearInterval };
Object.assign(internal, { Timeout, Immediate });

// --- the library's ----------------------------------------------------------------------------

/** A timer or an immediate that Node's library keeps for itself: the program has no say in it. */
internal.ofLibrary = function ofLibrary(object) {
  if (object instanceof Timeout) host.timerOfLibrary(object[kSlot]);
  else if (object instanceof Immediate) host.immediateOfLibrary(object[kSlot]);
  return object;
};
const { ofLibrary } = internal;

/** For Node's own functions: a timer whose callback takes no part in `this` or arguments. */
internal.startTimer = (callback, after, { ref = true } = {}) => ofLibrary(new Timeout(callback, after, undefined, false, ref));

/** `timers` for Node's library. */
internal.libraryTimers = {
  ...internal.timers,
  setTimeout: (...args) => ofLibrary(setTimeout(...args)),
  setInterval: (...args) => ofLibrary(setInterval(...args)),
  setImmediate: (...args) => ofLibrary(setImmediate(...args)),
};

for (const name of ['setTimeout', 'setImmediate']) {
  Object.defineProperty(internal.timers[name], customPromisify, { __proto__: null, enumerable: true, get: () => internal.timersPromises[name] });
}
