// `performance` over the virtual clock.

const marks = [];

const performance = {
  timeOrigin: host.epochMs,
  now() { return host.nowNs() / 1e6; },
  mark(name, options) {
    const entry = { name: `${name}`, entryType: 'mark', startTime: options?.startTime ?? performance.now(), duration: 0, detail: options?.detail ?? null };
    marks.push(entry);
    return entry;
  },
  measure(name, start, end) {
    const at = (mark, otherwise) => {
      if (mark === undefined) return otherwise;
      const found = marks.findLast((entry) => entry.name === mark);
      if (found === undefined) throw new DOMException(`The "${mark}" performance mark has not been set`, 'SyntaxError');
      return found.startTime;
    };
    if (typeof start === 'object') throw internal.unavailable('performance.measure with options');
    const endTime = at(end, undefined) ?? performance.now();
    const startTime = at(start, 0);
    const entry = { name: `${name}`, entryType: 'measure', startTime, duration: endTime - startTime, detail: null };
    marks.push(entry);
    return entry;
  },
  getEntries: () => marks.slice(),
  getEntriesByName: (name, type) => marks.filter((entry) => entry.name === name && (type === undefined || entry.entryType === type)),
  getEntriesByType: (type) => marks.filter((entry) => entry.entryType === type),
  clearMarks(name) { remove('mark', name); },
  clearMeasures(name) { remove('measure', name); },
  toJSON() { return { timeOrigin: performance.timeOrigin }; },
};

function remove(type, name) {
  for (let i = marks.length - 1; i >= 0; i--) {
    if (marks[i].entryType === type && (name === undefined || marks[i].name === name)) marks.splice(i, 1);
  }
}

for (const name of ['eventLoopUtilization', 'timerify', 'nodeTiming', 'setResourceTimingBufferSize']) {
  Object.defineProperty(performance, name, { value: internal.refuser(`performance.${name}`), configurable: true });
}
// For `fetch`: there are no entries of resources.
internal.hidden(performance, 'markResourceTiming', function markResourceTiming() {});
Object.defineProperty(performance, Symbol.toStringTag, { value: 'Performance', configurable: true });
internal.performance = performance;
