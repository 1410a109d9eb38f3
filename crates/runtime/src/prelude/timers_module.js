// `internal/timers`, as far as Node's library asks for it.

const TIMEOUT_MAX = 2 ** 31 - 1;

internal.timersModule = {
  TIMEOUT_MAX,
  kTimeout: Symbol('timeout'),
  getTimerDuration(msecs, name) {
    internal.validateNumber(msecs, name);
    if (msecs < 0 || !Number.isFinite(msecs)) throw internal.outOfRange(name, 'a non-negative finite number', msecs);
    if (msecs <= TIMEOUT_MAX) return msecs;
    internal.process.emitWarning(
      `${msecs} does not fit into a 32-bit signed integer.\nTimer duration was truncated to ${TIMEOUT_MAX}.`, 'TimeoutOverflowWarning');
    return TIMEOUT_MAX;
  },
  setUnrefTimeout: (callback, after) => internal.startTimer(callback, after, { ref: false }),
};
