// A clock that a program steers by hand, by the names of sinon's: `tick`, `next`, `runAll`, … While
// it is installed it keeps the timers and immediates of everything in the program, those of
// `timers/promises` and `AbortSignal.timeout` too, and says what time it is. Ticks and promise jobs
// stay with the loop; the methods that end in `Async` let it drain them between any two timers.

const KINDS = ['setTimeout', 'setInterval', 'setImmediate', 'Date', 'hrtime', 'performance'];
/** What sinon fakes too, and the loop keeps here. Clearing goes with setting. */
const LEFT_ALONE = [
  'clearTimeout', 'clearInterval', 'clearImmediate', 'nextTick', 'queueMicrotask', 'requestAnimationFrame',
  'cancelAnimationFrame', 'requestIdleCallback', 'cancelIdleCallback', 'Intl',
];
const REPEAT = 2;

const real = {
  nowNs: host.nowNs,
  wallMs: internal.wallMs,
};

let installed = null;

/** Milliseconds of a number, or of a text: `08`, `01:00`, `02:34:10`. */
function parseTime(value) {
  if (!value) return 0;
  if (typeof value !== 'string') return value;
  const parts = value.split(':');
  if (parts.length > 3 || !/^(\d\d:){0,2}\d\d?$/.test(value)) {
    throw new Error("tick only understands numbers, 'm:s' and 'h:m:s'. Each part must be two digits");
  }
  let seconds = 0;
  for (const part of parts) {
    if (Number(part) >= 60) throw new Error(`Invalid time ${value}`);
    seconds = seconds * 60 + Number(part);
  }
  return seconds * 1000;
}

const epochOf = (epoch) => {
  if (!epoch) return 0;
  if (typeof epoch === 'number') return epoch;
  if (typeof epoch.getTime === 'function') return epoch.getTime();
  throw new TypeError('now should be milliseconds since UNIX epoch');
};

class Clock {
  #timers = host.native('timer_queue');
  #start;
  #wholeMs = 0; // passed since it began
  #nanos = 0;
  #duringTick = false;
  #firing; // the slot of the timer that runs
  #isOver = false;
  #kinds;
  #stopFollowing;

  constructor({ now = 0, kinds = KINDS, loopLimit = 1000 } = {}) {
    this.now = Math.floor(epochOf(now));
    this.#start = this.now;
    this.#kinds = new Set(kinds);
    this.loopLimit = loopLimit;
  }

  /** Keeps timers for `timers.js` as the loop would. */
  #keeper = {
    timerStart: (slot, delay, bits) => {
      if (this.#keeps(bits & REPEAT ? 'setInterval' : 'setTimeout')) this.#keep(slot, delay, false);
      else host.timerStart(slot, Math.max(1, delay), bits);
    },
    timerRepeat: (slot, delay) => {
      if (this.#firing !== slot) host.timerRepeat(slot, Math.max(1, delay));
      else if (!this.#isOver) this.#keep(slot, Math.max(1, delay), false);
    },
    timerClear: (slot) => { if (!this.#timers.remove(slot) && this.#firing !== slot) host.timerClear(slot); },
    timerRef: (slot, referenced) => { if (!this.#isMine(slot)) host.timerRef(slot, referenced); },
    immediateStart: (slot) => {
      if (this.#keeps('setImmediate')) this.#keep(slot, 0, true);
      else host.immediateStart(slot);
    },
    immediateClear: (slot) => { if (!this.#timers.remove(slot)) host.immediateClear(slot); },
    immediateRef: (slot, referenced) => { if (!this.#isMine(slot)) host.immediateRef(slot, referenced); },
  };

  #keeps(kind) { return !this.#isOver && this.#kinds.has(kind); }
  #isMine(slot) { return this.#firing === slot || this.#timers.has(slot); }
  #keep(slot, delay, isImmediate) {
    this.#timers.push(slot, this.now + (delay || (this.#duringTick ? 1 : 0)), isImmediate, this.now);
  }

  // --- sinon's methods ----------------------------------------------------------------------------

  /** Moves time on, and runs what is due by then. Gives the time. */
  tick(time) {
    const end = this.#endOf(time);
    const failures = [];
    while (this.#fire(end, failures));
    return this.#arrive(end, failures);
  }

  tickAsync(time) {
    const failures = [];
    let end;
    return inTurns(() => {
      end ??= this.#endOf(time);
      return this.#fire(end, failures) ? AGAIN : this.#arrive(end, failures);
    });
  }

  /** Runs the first timer, whenever it is due. */
  next() {
    const failures = [];
    this.#fire(Infinity, failures);
    return this.#arrive(this.now, failures);
  }

  nextAsync() {
    const failures = [];
    let isFired = false;
    return inTurns(() => {
      if (isFired) return this.#arrive(this.now, failures);
      isFired = true;
      return this.#fire(Infinity, failures) ? AGAIN : this.now;
    });
  }

  /** Runs timers until none is left. */
  runAll() {
    for (let i = 0; i < this.loopLimit; i++) {
      if (this.#timers.size() === 0) return this.now;
      this.next();
    }
    throw this.#endless();
  }

  runAllAsync() {
    let count = 0;
    return inTurns(() => {
      if (count++ >= this.loopLimit) throw this.#endless();
      if (this.#timers.size() === 0) return this.now;
      this.next();
      return AGAIN;
    });
  }

  /** Moves time to the last timer that there is now. */
  runToLast() {
    const last = this.#timers.last();
    return last === undefined || last === null ? this.now : this.tick(last - this.now);
  }

  runToLastAsync() {
    return inTurns(() => {
      const last = this.#timers.last();
      return last === undefined || last === null ? this.now : this.tickAsync(last - this.now);
    });
  }

  /** Runs ticks and promise jobs now. */
  runMicrotasks() {
    const context = internal.asyncContext[0];
    do {
      while (host.takeTick()) internal.runTick();
      while (host.runJob());
    } while (host.ticksWaiting());
    internal.asyncContext[0] = context;
  }

  /** Moves time on as if the machine had slept: what became due meanwhile runs once. */
  jump(time) {
    this.#timers.raise(this.now + Math.floor(parseTime(time)));
    return this.tick(time);
  }

  /** Forgets every timer, and begins again. */
  reset() {
    this.#timers.clear();
    this.#wholeMs = 0;
    this.#nanos = 0;
    this.now = this.#start;
  }

  /** Forgets every timer. */
  clearAll() { this.#timers.clear(); }

  /** Changes what `Date` says, and nothing else. */
  setSystemTime(now) {
    const moved = Math.floor(epochOf(now)) - this.now;
    this.now += moved;
    this.#timers.shift(moved);
  }

  countTimers() { return this.#timers.size(); }

  /** When the first timer is due; nothing where there is none. */
  get dueNext() { return this.#timers.first() ?? undefined; }

  uninstall() {
    if (installed !== this) return;
    installed = null;
    this.#isOver = true;
    this.#stopFollowing?.();
    host.nowNs = real.nowNs;
    internal.wallMs = real.wallMs;
    if (this.#firing === undefined) internal.keepTimersIn(host, 1);
  }

  restore() { this.uninstall(); }

  // --- inside -------------------------------------------------------------------------------------

  install() {
    if (installed !== null) throw new TypeError("Can't install fake timers twice on the same global object.");
    installed = this;
    this.take();
    const isMonotonic = this.#kinds.has('hrtime') || this.#kinds.has('performance');
    if (isMonotonic) host.nowNs = () => this.#wholeMs * 1e6 + this.#nanos;
    internal.wallMs = this.#kinds.has('Date') ? () => this.now : () => host.epochMs + Math.floor(real.nowNs() / 1e6);
    return this;
  }

  /** From now on timers are this clock's. */
  take() { internal.keepTimersIn(this.#keeper, 0); }

  /** Moves along with the loop's time, `delta` milliseconds at once. */
  follow(delta) {
    const interval = withLoop(() => internal.timers.setInterval(() => this.tick(delta), delta));
    this.#stopFollowing = () => withLoop(() => interval.close());
  }

  #endOf(time) {
    const ms = parseTime(time);
    if (ms < 0) throw new TypeError('Negative ticks are not supported');
    const whole = Math.floor(ms);
    this.#nanos += Math.round((ms - whole) * 1e6);
    let end = this.now + whole;
    if (this.#nanos >= 1e6) {
      end++;
      this.#nanos -= 1e6;
    }
    return end;
  }

  #setNow(now) {
    if (now > this.now) {
      this.#wholeMs += now - this.now;
      this.now = now;
    }
  }

  /** Time is there; what went wrong on the way is thrown. */
  #arrive(end, failures) {
    this.#duringTick = false;
    this.#setNow(end);
    if (failures.length > 0) throw failures[0];
    return this.now;
  }

  /** Runs the first timer, if it is due by `end`. */
  #fire(end, failures) {
    const due = this.#timers.pop(end);
    if (due === undefined || due === null) return false;
    const [slot, at, isImmediate] = due;
    this.#setNow(at);
    this.#duringTick = true;
    const before = this.#firing;
    this.#firing = slot;
    const context = internal.asyncContext[0];
    try {
      if (isImmediate) internal.fireImmediate(slot);
      else internal.fireTimer(slot);
    } catch (error) {
      failures.push(error);
    } finally {
      internal.asyncContext[0] = context;
      this.#firing = before;
      if (this.#isOver && before === undefined && installed === null) internal.keepTimersIn(host, 1);
    }
    return true;
  }

  #endless() {
    return new Error(`Aborting after running ${this.loopLimit} timers, assuming an infinite loop!`);
  }
}

const AGAIN = Symbol('again');

/** Calls `step` in turns of the loop, with ticks and promise jobs in between, until it gives
    something else than `AGAIN`. */
function inTurns(step) {
  return new Promise((resolve, reject) => {
    const soon = () => withLoop(() => internal.timers.setImmediate(turn));
    const turn = () => {
      try {
        const result = step();
        if (result === AGAIN) soon();
        else resolve(result);
      } catch (error) {
        reject(error);
      }
    };
    soon();
  });
}

/** Makes a timer that is the loop's, whatever clock is installed. */
function withLoop(make) {
  internal.keepTimersIn(host, 1);
  try {
    return make();
  } finally {
    installed?.take();
  }
}

/** Which kinds of time a list of names, or of names left out, stands for. */
function kindsOf(fake, leave = []) {
  for (const name of [...(fake ?? []), ...leave]) {
    if (!KINDS.includes(name) && !LEFT_ALONE.includes(name)) {
      throw new TypeError(`${String(name)} is nothing that a clock can fake`);
    }
  }
  return KINDS.filter((kind) => (fake ?? KINDS).includes(kind) && !leave.includes(kind));
}

/** Installs a clock; it then keeps all timers until it is uninstalled. */
function install({ now, toFake, toNotFake, loopLimit, shouldAdvanceTime, advanceTimeDelta = 20 } = {}) {
  const kinds = kindsOf(toFake?.length > 0 ? toFake : undefined, toNotFake);
  const clock = new Clock({ now, kinds, loopLimit }).install();
  if (shouldAdvanceTime) clock.follow(advanceTimeDelta);
  return clock;
}

internal.clocks = { install, installed: () => installed, real, withLoop };
