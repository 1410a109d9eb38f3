// @sinonjs/fake-timers: next, runAll, runToLast, jump, reset, setSystemTime, loop limit.
const FakeTimers = require('@sinonjs/fake-timers');
const log = (...args) => console.log(...args);
const toFake = ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate', 'clearImmediate', 'Date'];
let clock = FakeTimers.install({ now: new Date(Date.UTC(2020, 0, 1)), toFake, loopLimit: 5 });
log(new Date().toISOString(), clock.now, clock.next(), clock.runAll() === clock.now, clock.runToLast() === clock.now);
const at = (name) => () => log(name, clock.now - Date.UTC(2020, 0, 1));
setTimeout(at('a'), 100); setTimeout(at('b'), 50); setImmediate(at('i')); clock.next(); clock.next(); log(clock.countTimers()); clock.next(); clock.next();
setTimeout(() => { at('outer')(); setTimeout(at('nested'), 10); }, 10); clock.runToLast(); log(clock.countTimers()); clock.runAll(); log(clock.countTimers());
setInterval(at('interval'), 10);
try { clock.runAll(); } catch (error) { log(error.message); }
clock.reset(); log(clock.countTimers(), clock.now - Date.UTC(2020, 0, 1));
setTimeout(at('one'), 10); setInterval(at('every'), 10); clock.jump(100); clock.tick(10); clock.reset();
setTimeout(at('shifted'), 100); clock.setSystemTime(Date.UTC(2020, 0, 2)); log(new Date().toISOString(), clock.countTimers()); clock.tick(99); log('not yet'); clock.tick(1); clock.setSystemTime(); log(Date.now());
clock.uninstall();
clock = FakeTimers.install({ toFake: ['Date'], now: 7 }); log(Date.now(), new Date().getTime(), Date.UTC(1970, 0, 1), new Date(5).getTime(), Date() === new Date().toString()); setTimeout(() => { log('real timer'); clock.uninstall(); rest(); }, 1);
function rest() {
  clock = FakeTimers.install({ toFake: ['setTimeout'] }); const real = Date.now(); setTimeout(() => log('only this'), 10); setImmediate(() => log('real immediate')); clock.tick(10); log(Date.now() >= real); clock.uninstall();
  clock = FakeTimers.install({ toFake, shouldAdvanceTime: true, advanceTimeDelta: 5 }); setTimeout(() => { log('advanced by itself', clock.now); clock.uninstall(); }, 20);
}
