// @sinonjs/fake-timers: ticking, orders, texts as times.
const FakeTimers = require('@sinonjs/fake-timers');
const log = (...args) => console.log(...args);
const clock = FakeTimers.install({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate', 'clearImmediate', 'Date', 'hrtime', 'performance'] });
log(clock.now, Date.now(), new Date().toISOString());
setTimeout(() => log('1000', clock.now), 1000); setTimeout(() => log('500', clock.now), 500); setTimeout(() => log('500 again'), 500);
setImmediate(() => log('immediate')); const interval = setInterval(() => log('interval', Date.now()), 400);
log(clock.countTimers(), clock.tick(500), clock.tick('01'), clock.tick(100.6), clock.tick(0.4), clock.countTimers());
clearInterval(interval); log(clock.countTimers());
setTimeout((a, b) => log(a, b), 0, 'x', 'y'); log(clock.tick(0));
setTimeout(() => { log('outer'); setTimeout(() => log('inner', clock.now), 0); }, 10); clock.tick(10); log('between'); clock.tick(1);
for (const wrong of [() => clock.tick(-1), () => clock.tick('1:2:3:4'), () => clock.tick('99:99'), () => FakeTimers.install(), () => clock.setSystemTime('x')]) { try { wrong(); log('nothing'); } catch (error) { log(error.name, error.message); } }
log(clock.tick('01:00'), clock.tick('01:00:00'));
const order = []; for (const ms of [30, 10, 20, 10]) setTimeout(() => order.push(ms), ms); setImmediate(() => order.push('immediate')); clock.tick(30); log(order);
setTimeout(() => { throw new Error('first'); }, 5); setTimeout(() => { throw new Error('second'); }, 6); setTimeout(() => log('after the failures'), 7);
try { clock.tick(10); } catch (error) { log(error.message, clock.now); }
const cleared = setTimeout(() => log('never'), 10); setTimeout(() => clearTimeout(cleared), 5); clock.tick(20);
let count = 0; const self = setInterval(() => { if (++count === 3) clearInterval(self); }, 10); clock.tick(100); log('count', count);
const again = setTimeout(() => log('refreshed', clock.now), 50); clock.tick(30); again.refresh(); clock.tick(30); log('not yet'); clock.tick(20);
log(typeof again.ref, again.hasRef(), again.unref().hasRef());
log(process.hrtime().length, typeof process.hrtime.bigint(), performance.now() === performance.now()); const h = process.hrtime(); clock.tick(1500); log(process.hrtime(h)); const p = performance.now(); clock.tick(20); log(performance.now() - p);
clock.uninstall(); log(Date.now() > 1e12);
