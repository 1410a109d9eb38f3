import { PerformanceObserver, performance, monitorEventLoopDelay, createHistogram, constants } from 'perf_hooks';
import http from 'node:http';
const o = new PerformanceObserver((l) => console.log('obs', l.getEntries().map(e => [e.name, e.entryType, e.detail?.res?.statusCode])));
o.observe({ entryTypes: ['mark', 'measure', 'http', 'function'] });
performance.mark('a'); performance.measure('m', 'a');
const f = performance.timerify(function foo(x) { return x + 1; }); f(3);
const h = createHistogram();
h.record(5);h.record(1000000);h.record(7n);console.log(h);for(let i=1;i<=10000;i++)h.record(i*i);console.log(h,h.toJSON(), h.percentile(50), h.percentile(99.9), h.percentileBigInt(10));
const g=createHistogram({lowest:10,highest:1000,figures:2});for(const v of [1,9,10,500,999,1000,2000])g.record(v);console.log(g, g.percentile(50));
g.add(h); console.log(g.count, g.exceeds); g.reset(); console.log(g, g.minBigInt);
try { createHistogram({figures: 9}); } catch (e) { console.log(e.message); }
console.log(constants.NODE_PERFORMANCE_GC_MAJOR, PerformanceObserver.supportedEntryTypes);
const d = monitorEventLoopDelay({ resolution: 20 }); d.enable();
const s = http.createServer((q, r) => r.end('x')).listen(0, () => http.get({ port: s.address().port }, r => r.resume().on('end', () => { s.close(); setTimeout(() => { d.disable(); console.log(d.count > 5, d.mean > 15e6); console.log(typeof performance.eventLoopUtilization().utilization); }, 500); })));
