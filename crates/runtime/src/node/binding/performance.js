// What `perf_hooks` measures, all of it in virtual time.

const native = host.performance();

// As Node numbers them.
const MILESTONES = [
  'TIME_ORIGIN_TIMESTAMP', 'TIME_ORIGIN', 'ENVIRONMENT', 'NODE_START', 'V8_START', 'LOOP_START', 'LOOP_EXIT', 'BOOTSTRAP_COMPLETE',
];
const ENTRY_TYPES = ['GC', 'HTTP', 'HTTP2', 'NET', 'DNS'];

const constants = {
  NODE_PERFORMANCE_GC_MAJOR: 4,
  NODE_PERFORMANCE_GC_MINOR: 1,
  NODE_PERFORMANCE_GC_INCREMENTAL: 8,
  NODE_PERFORMANCE_GC_WEAKCB: 16,
  NODE_PERFORMANCE_GC_FLAGS_NO: 0,
  NODE_PERFORMANCE_GC_FLAGS_CONSTRUCT_RETAINED: 2,
  NODE_PERFORMANCE_GC_FLAGS_FORCED: 4,
  NODE_PERFORMANCE_GC_FLAGS_SYNCHRONOUS_PHANTOM_PROCESSING: 8,
  NODE_PERFORMANCE_GC_FLAGS_ALL_AVAILABLE_GARBAGE: 16,
  NODE_PERFORMANCE_GC_FLAGS_ALL_EXTERNAL_MEMORY: 32,
  NODE_PERFORMANCE_GC_FLAGS_SCHEDULE_IDLE: 64,
};
/** Only the library sees these. */
function hide(name, value) { Object.defineProperty(constants, name, { value }); }
ENTRY_TYPES.forEach((name, at) => hide(`NODE_PERFORMANCE_ENTRY_TYPE_${name}`, at));
MILESTONES.forEach((name, at) => hide(`NODE_PERFORMANCE_MILESTONE_${name}`, at));

/** A program is there at once: it starts at the origin of time. In nanoseconds, but for the first, which
    is in microseconds since 1970; -1 for what has not come yet. */
const milestones = MILESTONES.map(() => 0);
milestones[0] = host.epochMs * 1e3;
Object.defineProperty(milestones, MILESTONES.indexOf('LOOP_START'), { get: () => native.loopStart() });
milestones[MILESTONES.indexOf('LOOP_EXIT')] = -1;

const MOST = 2 ** 63;

/** A histogram by its number on the other side. */
class Histogram {
  #id;
  #last;

  constructor(lowest, highest, figures) {
    this.#id = native.histogram(Number(lowest), Number(highest), figures);
  }

  get id() { return this.#id; }
  count() { return native.count(this.#id); }
  exceeds() { return native.exceeds(this.#id); }
  /** Of no values, the most that there can be. */
  min() { return this.count() === 0 ? MOST : native.min(this.#id); }
  max() { return native.max(this.#id); }
  mean() { return this.count() === 0 ? NaN : native.mean(this.#id); }
  stddev() { return this.count() === 0 ? NaN : native.stddev(this.#id); }
  percentile(percentile) { return native.percentile(this.#id, percentile); }
  percentiles(map) { for (const [percentile, value] of native.percentiles(this.#id)) map.set(percentile, value); }

  countBigInt() { return BigInt(this.count()); }
  exceedsBigInt() { return BigInt(this.exceeds()); }
  minBigInt() { return this.count() === 0 ? 2n ** 63n - 1n : BigInt(this.min()); }
  maxBigInt() { return BigInt(this.max()); }
  percentileBigInt(percentile) { return BigInt(this.percentile(percentile)); }
  percentilesBigInt(map) { for (const [percentile, value] of native.percentiles(this.#id)) map.set(percentile, BigInt(value)); }

  record(value) { native.record(this.#id, Number(value)); }
  recordDelta() {
    const now = host.nowNs();
    if (this.#last !== undefined) native.record(this.#id, now - this.#last);
    this.#last = now;
  }

  add(other) { native.add(this.#id, other.#id); }
  reset() {
    native.reset(this.#id);
    this.#last = undefined;
  }

  // Of one that watches the loop.
  start() { native.watchDelay(this.#id, true); }
  stop() { native.watchDelay(this.#id, false); }
}

return {
  constants,
  milestones,
  observerCounts: ENTRY_TYPES.map(() => 0),
  now: () => host.nowNs() / 1e6,
  loopIdleTime: () => native.idleNs() / 1e6,
  uvMetricsInfo: () => [native.turns(), 0, 0],
  Histogram,
  createELDHistogram(resolution) {
    const histogram = new Histogram(1, 3.6e12, 3);
    native.setResolution(histogram.id, resolution);
    return histogram;
  },
  setupObservers() {},
  // The engine's memory is not V8's: there are no entries of `gc`.
  installGarbageCollectionTracking() {},
  removeGarbageCollectionTracking() {},
};
