// The clock by the names of Jest's and Vitest's timers.

const { clocks } = internal;

/** The methods that both have; `object` is what their user calls them on. */
internal.timerControls = function timerControls(object) {
  const clock = () => {
    const installed = clocks.installed();
    if (installed === null) {
      throw new Error(`The timers are not fake: call ${object}.useFakeTimers() first`);
    }
    return installed;
  };
  const steps = async (count) => { for (let i = 0; i < count; i++) await clock().nextAsync(); };
  return {
    useRealTimers() { clocks.installed()?.uninstall(); return this; },
    advanceTimersByTime(ms) { clock().tick(ms); return this; },
    async advanceTimersByTimeAsync(ms) { await clock().tickAsync(ms); return this; },
    runAllTimers() { clock().runAll(); return this; },
    async runAllTimersAsync() { await clock().runAllAsync(); return this; },
    runOnlyPendingTimers() { clock().runToLast(); return this; },
    async runOnlyPendingTimersAsync() { await clock().runToLastAsync(); return this; },
    advanceTimersToNextTimer(count = 1) {
      for (let i = 0; i < count; i++) clock().next();
      return this;
    },
    async advanceTimersToNextTimerAsync(count = 1) { await steps(count); return this; },
    /** To the next frame of a screen with sixty of them a second. */
    advanceTimersToNextFrame() { clock().tick(16 - (clock().now % 16)); return this; },
    runAllTicks() { clock().runMicrotasks(); return this; },
    setSystemTime(now) { clock().setSystemTime(now ?? clocks.real.wallMs()); return this; },
    getRealSystemTime: () => clocks.real.wallMs(),
    getTimerCount: () => clock().countTimers(),
    clearAllTimers() { clock().clearAll(); return this; },
  };
};
