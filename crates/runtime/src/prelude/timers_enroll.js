// The deprecated functions of `timers` that make a timer of any object.

const { Timeout, timersModule } = internal;
const { clearTimeout } = internal.timers;
/** The timers of objects that are none themselves. */
const timerOf = new WeakMap();
const warned = new Set();

function deprecated(code, message) {
  if (warned.has(code)) return;
  warned.add(code);
  internal.process.emitWarning(message, 'DeprecationWarning', code);
}

/** In a list, as old code looks at it: of its own, with nothing else in it. */
function link(item, isWaiting) {
  item._idleNext = isWaiting ? item : null;
  item._idlePrev = isWaiting ? item : null;
}

function stop(item) {
  if (item instanceof Timeout) {
    const { _onTimeout } = item;
    clearTimeout(item);
    item._onTimeout = _onTimeout;
    return;
  }
  const timer = timerOf.get(item);
  if (timer === undefined) return;
  timerOf.delete(item);
  clearTimeout(timer);
  link(item, false);
}

function fire(item, isReferenced) {
  timerOf.delete(item);
  link(item, false);
  if (!item._onTimeout) return;
  try {
    item._onTimeout(...(item._timerArgs ?? []));
  } finally {
    if (item._repeat && item._idleTimeout !== -1) {
      item._idleTimeout = item._repeat;
      start(item, isReferenced);
    }
  }
}

function start(item, isReferenced) {
  const after = item._idleTimeout;
  if (after < 0 || after === undefined) return;
  if (item instanceof Timeout) {
    item.refresh();
    if (isReferenced) item.ref();
    else item.unref();
    return;
  }
  stop(item);
  timerOf.set(item, new Timeout(() => fire(item, isReferenced), after, undefined, false, isReferenced));
  item._idleStart = Math.floor(host.nowNs() / 1e6);
  link(item, true);
}

internal.enrolledTimers = {
  enroll(item, msecs) {
    deprecated('DEP0095', 'timers.enroll() is deprecated. Please use setTimeout instead.');
    msecs = timersModule.getTimerDuration(msecs, 'msecs');
    if (item._idleNext) stop(item);
    link(item, true);
    item._idleTimeout = msecs;
  },
  unenroll(item) {
    deprecated('DEP0096', 'timers.unenroll() is deprecated. Please use clearTimeout instead.');
    stop(item);
    item._idleTimeout = -1;
  },
  active(item) {
    deprecated('DEP0126', 'timers.active() is deprecated. Please use timeout.refresh() instead.');
    start(item, true);
  },
  _unrefActive(item) {
    deprecated('DEP0127', 'timers._unrefActive() is deprecated. Please use timeout.refresh() instead.');
    start(item, false);
  },
};
