// mock.fn, mock.method, mock.timers.
import test, { mock } from 'node:test';
import assert from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import timers from 'node:timers';
const fn = mock.fn((a, b) => a + b);
console.log(fn(1, 2), fn.mock.callCount(), fn.mock.calls[0].arguments, fn.mock.calls[0].result, fn.mock.calls[0].error);
fn.mock.mockImplementation(() => 'other'); console.log(fn()); fn.mock.mockImplementationOnce(() => { throw new Error('once'); }); try { fn(); } catch (error) { console.log(error.message, fn.mock.calls.at(-1).error.message); }
fn.mock.restore(); console.log(fn(3, 4)); fn.mock.resetCalls(); console.log(fn.mock.callCount());
const object = { value: 5, method() { return this.value; }, get accessor() { return 1; }, set accessor(v) {} };
mock.method(object, 'method', function () { return this.value * 2; }); console.log(object.method()); mock.getter(object, 'accessor', () => 9); console.log(object.accessor); mock.restoreAll(); console.log(object.method(), object.accessor);
class Thing { constructor(x) { this.x = x; } } const Mocked = mock.fn(Thing); const thing = new Mocked(3); console.log(thing.x, thing instanceof Thing, Mocked.mock.calls[0].target === Mocked, Mocked.mock.calls[0].this === thing);
for (const wrong of [() => mock.fn(5), () => mock.method(object, 'nope'), () => mock.method(5, 'x'), () => mock.fn(() => {}, { times: 0 }), () => mock.timers.tick(), () => mock.timers.enable({ apis: ['nope'] })]) { try { wrong(); } catch (error) { console.log(error.name, error.code, error.message); } }
const limited = mock.fn(() => 'original', () => 'mocked', { times: 2 }); console.log(limited(), limited(), limited());
mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'setImmediate', 'Date'], now: 1000 });
const log = [];
setTimeout(() => log.push(`timeout ${Date.now()}`), 9000); const interval = setInterval(() => log.push(`interval ${Date.now()}`), 4000); setImmediate(() => log.push('immediate')); timers.setTimeout(() => log.push('by module'), 1); sleep(30, 'slept').then((v) => log.push(v));
mock.timers.tick(4000); console.log(log.splice(0)); mock.timers.tick(5000); await null; await null; console.log(log.splice(0)); clearInterval(interval); console.log(Date.now(), new Date().toISOString()); mock.timers.setTime(5); console.log(Date.now()); setTimeout(() => log.push('all'), 1e6); mock.timers.runAll(); console.log(log); mock.timers.reset();
test('mocks of a test are restored', (t) => { t.mock.method(console, 'log', () => 'silent'); assert.equal(console.log('x'), 'silent'); t.mock.timers.enable(); let ran = false; setTimeout(() => { ran = true; }, 1e9); t.mock.timers.tick(1e9); assert.ok(ran); });
