// performance.mark and measure, their entries, and what is refused of them.
const { performance, PerformanceEntry, PerformanceMark } = require('perf_hooks');
const log = console.log;
log(performance === globalThis.performance, PerformanceMark === globalThis.PerformanceMark, Object.prototype.toString.call(performance), performance.now() >= 0, performance.timeOrigin > 1e12);
log(performance.mark('a', { startTime: 10, detail: { x: [1] } }), performance.mark('b', { startTime: 25 }), new PerformanceMark('c', { startTime: 1 }));
log(performance.measure('m', 'a', 'b'), performance.measure('n', { start: 'a', end: 30, detail: 'd' }), performance.measure('o', { start: 5, duration: 3 }), performance.measure('p', { end: 50, duration: 10 }), performance.measure('q', 'a').startTime, performance.measure('r', undefined, 'b').duration);
log(performance.getEntries().map((e) => `${e.entryType} ${e.name} ${e.startTime}`), performance.getEntriesByName('a').length, performance.getEntriesByName('m', 'mark').length, performance.getEntriesByType('measure').length);
performance.clearMarks('a'); log(performance.getEntriesByType('mark').map((e) => e.name)); performance.clearMeasures(); performance.clearMarks(); log(performance.getEntries());
for (const wrong of [() => performance.mark(), () => performance.measure(), () => performance.measure('x', 'nope'), () => performance.mark('x', { startTime: -1 }), () => performance.mark('x', { startTime: 'y' }), () => performance.mark('nodeStart'), () => performance.measure('x', { start: 1, end: 2, duration: 3 }), () => new PerformanceEntry()]) { try { wrong(); log('nothing'); } catch (error) { log(error.name, error.code, error.message); } }
const event = new CustomEvent('x', { detail: { a: 1 } }); log(event.type, event.detail, event instanceof Event, new CustomEvent('y').detail, String(event)); const target = new EventTarget(); target.addEventListener('x', (e) => log('heard', e.detail)); target.dispatchEvent(event);
log(process.getBuiltinModule('node:os') === require('os'), process.getBuiltinModule('nope'), process.getBuiltinModule('test'), typeof process.getBuiltinModule('node:test'));
