// `performance` over the virtual clock.

const customInspect = Symbol.for('nodejs.util.inspect.custom');
const secret = Symbol('constructs');
const entries = [];
/** Since when `PerformanceTiming`'s names count, which Node has and programs measure from. */
const MILESTONES = new Set(['nodeStart', 'v8Start', 'environment', 'loopStart', 'loopExit', 'bootstrapComplete']);

class PerformanceEntry {
  #parts;

  constructor(key, parts) {
    if (key !== secret) throw internal.codedError(TypeError, 'ERR_ILLEGAL_CONSTRUCTOR', 'Illegal constructor');
    this.#parts = parts;
  }

  get name() { return this.#parts.name; }
  get entryType() { return this.#parts.entryType; }
  get startTime() { return this.#parts.startTime; }
  get duration() { return this.#parts.duration; }
  toJSON() { return { ...this.#parts }; }

  [customInspect](depth, options) {
    if (depth < 0) return this;
    const { name, entryType, startTime, duration, ...rest } = this.toJSON();
    const shown = { name, entryType, startTime, duration, ...rest };
    return `${this.constructor.name} ${internal.inspect(shown, { ...options, depth: options.depth == null ? null : options.depth - 1 })}`;
  }
}

const nameMissing = () => internal.codedError(TypeError, 'ERR_MISSING_ARGS', 'The "name" argument must be specified');
const cloned = (detail) => (detail === undefined || detail === null ? null : internal.structuredClone(detail));

class PerformanceMark extends PerformanceEntry {
  #detail;

  constructor(name, options = {}) {
    if (arguments.length === 0) throw nameMissing();
    name = `${name}`;
    if (MILESTONES.has(name)) throw internal.codedError(TypeError, 'ERR_INVALID_ARG_VALUE', `The argument 'name' is invalid. Received '${name}'`);
    if (options !== null) internal.validateObject(options, 'options');
    const startTime = options?.startTime ?? host.nowNs() / 1e6;
    internal.validateNumber(startTime, 'startTime');
    if (startTime < 0) throw internal.codedError(TypeError, 'ERR_PERFORMANCE_INVALID_TIMESTAMP', `${startTime} is not a valid timestamp`);
    const detail = cloned(options?.detail);
    super(secret, { name, entryType: 'mark', startTime, duration: 0, detail });
    this.#detail = detail;
  }

  get detail() { return this.#detail; }
}

class PerformanceMeasure extends PerformanceEntry {
  #detail;

  constructor(key, name, startTime, duration, detail) {
    super(key, { name, entryType: 'measure', startTime, duration, detail });
    this.#detail = detail;
  }

  get detail() { return this.#detail; }
}

/** When a mark was set; a number is itself. */
function timeOf(mark) {
  if (typeof mark === 'number') {
    if (mark < 0) throw internal.codedError(TypeError, 'ERR_PERFORMANCE_INVALID_TIMESTAMP', `${mark} is not a valid timestamp`);
    return mark;
  }
  if (MILESTONES.has(mark)) return 0;
  const found = entries.findLast((entry) => entry.entryType === 'mark' && entry.name === `${mark}`);
  if (found === undefined) throw new DOMException(`The "${mark}" performance mark has not been set`, 'SyntaxError');
  return found.startTime;
}

/** In the order of their beginnings. */
function keep(entry) {
  let at = entries.length;
  while (at > 0 && entries[at - 1].startTime > entry.startTime) at--;
  entries.splice(at, 0, entry);
  return entry;
}

function remove(type, name) {
  for (let i = entries.length - 1; i >= 0; i--) {
    if (entries[i].entryType === type && (name === undefined || entries[i].name === `${name}`)) entries.splice(i, 1);
  }
}

class Performance {
  constructor(key) {
    if (key !== secret) throw internal.codedError(TypeError, 'ERR_ILLEGAL_CONSTRUCTOR', 'Illegal constructor');
  }

  get timeOrigin() { return host.epochMs; }
  now() { return host.nowNs() / 1e6; }
  mark(name, options = {}) {
    if (arguments.length === 0) throw nameMissing();
    return keep(new PerformanceMark(name, options));
  }

  measure(name, startOrOptions = {}, endMark) {
    if (arguments.length === 0) throw nameMissing();
    internal.validateString(name, 'name');
    const isOptions = typeof startOrOptions === 'object' && startOrOptions !== null;
    const options = isOptions ? startOrOptions : { start: startOrOptions, end: endMark };
    const { start, duration } = options;
    const end = endMark ?? options.end;
    if (isOptions && end !== undefined && start !== undefined && duration !== undefined) {
      throw internal.codedError(
        TypeError, 'ERR_PERFORMANCE_MEASURE_INVALID_OPTIONS', 'Must not have options.start, options.end, and options.duration specified');
    }
    let endTime = host.nowNs() / 1e6;
    if (end !== undefined) endTime = timeOf(end);
    else if (start !== undefined && duration !== undefined) endTime = timeOf(start) + duration;
    let startTime = 0;
    if (start !== undefined && start !== null) startTime = timeOf(start);
    else if (duration !== undefined && end !== undefined) startTime = endTime - duration;
    return keep(new PerformanceMeasure(secret, name, startTime, endTime - startTime, cloned(options.detail)));
  }

  getEntries() { return entries.slice(); }
  getEntriesByName(name, type) { return entries.filter((entry) => entry.name === `${name}` && (type === undefined || entry.entryType === type)); }
  getEntriesByType(type) { return entries.filter((entry) => entry.entryType === `${type}`); }
  clearMarks(name) { remove('mark', name); }
  clearMeasures(name) { remove('measure', name); }
  clearResourceTimings() {}
  /** Called for each `fetch`; there are no entries of resources. */
  markResourceTiming() {}
  toJSON() { return { timeOrigin: this.timeOrigin }; }
}

for (const name of ['eventLoopUtilization', 'nodeTiming', 'setResourceTimingBufferSize', 'timerify']) {
  Object.defineProperty(Performance.prototype, name, { value: internal.refuser(`performance.${name}`), configurable: true });
}
for (const Class of [Performance, PerformanceEntry, PerformanceMark, PerformanceMeasure]) {
  Object.defineProperty(Class.prototype, Symbol.toStringTag, { value: Class.name, configurable: true });
}
const performance = new Performance(secret);
internal.performance = performance;
internal.perfHooks = { Performance, PerformanceEntry, PerformanceMark, PerformanceMeasure, performance };
