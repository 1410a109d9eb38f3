// Jest: hooks, modifiers, tables, mock functions, timers.
const { test, it, expect, describe, jest, beforeAll, beforeEach, afterEach, afterAll, xit, xdescribe } = require('@jest/globals');
const order = [];
beforeAll(() => { order.push('all'); }); beforeEach(() => { order.push('each'); }); afterEach(() => { order.push('after-each'); }); afterAll(() => process.stdout.write(`message: ${order.join(' ')}\n`));
describe('hooks', () => { beforeAll(async () => { order.push('inner-all'); }); beforeEach((done) => { order.push('inner-each'); done(); }); afterEach(() => { order.push('inner-after-each'); }); afterAll(() => { order.push('inner-after-all'); }); test('one', () => { order.push('one'); }); describe('deeper', () => { test('two', () => { order.push('two'); }); }); });
test('done', (done) => { setTimeout(done, 5); }); test('done fails', (done) => { setTimeout(() => done(new Error('x')), 5); }); test('times out', () => new Promise(() => {}), 50); test('rejects', async () => { throw new Error('x'); });
test.skip('skipped', () => { throw new Error('x'); }); xit('skipped too', () => {}); test.todo('to do'); test.failing('fails', () => { throw new Error('x'); }); test.failing('does not fail', () => {}); xdescribe('skipped suite', () => { test('inside', () => {}); });
test.each([[1, 1, 2], [1, 2, 3]])('add %i and %i is %i', (a, b, sum) => expect(a + b).toBe(sum)); test.each([{ a: 1, b: 'x' }])('object $a $b', ({ a }) => expect(a).toBe(1)); test.each(['x', 'y'])('plain %s %#', (v) => expect(v).toBe('x'));
test.each`
  a | b | sum
${1} | ${2} | ${3}
${2} | ${2} | ${5}`('$a plus $b', ({ a, b, sum }) => expect(a + b).toBe(sum)); describe.each([[1], [2]])('suite %i', (n) => { it('holds', () => expect(n).toBeGreaterThan(0)); });
describe('mocks', () => {
  test('calls and results', () => { const fn = jest.fn((a) => { if (a) return a * 2; throw new Error('zero'); }); fn(1); try { fn(0); } catch {} expect(fn.mock.calls).toEqual([[1], [0]]); expect(fn.mock.results[0]).toEqual({ type: 'return', value: 2 }); expect(fn.mock.results[1].type).toBe('throw'); expect(fn).toHaveBeenCalledTimes(2); expect(fn).toHaveBeenNthCalledWith(1, 1); expect(fn).toHaveBeenLastCalledWith(0); expect(fn).toHaveReturnedWith(2); });
  test('answers', async () => { const fn = jest.fn().mockReturnValueOnce(1).mockReturnValue(2); expect([fn(), fn(), fn()]).toEqual([1, 2, 2]); const later = jest.fn().mockResolvedValue(3).mockRejectedValueOnce(new Error('no')); await expect(later()).rejects.toThrow('no'); expect(await later()).toBe(3); fn.mockReset(); expect(fn()).toBeUndefined(); fn.mockName('named'); expect(fn.getMockName()).toBe('named'); });
  test('spies', () => { const o = { f(x) { return x + this.n; }, n: 1, get g() { return 'real'; } }; const spy = jest.spyOn(o, 'f'); expect(o.f(1)).toBe(2); spy.mockImplementation(() => 'fake'); expect(o.f()).toBe('fake'); const getter = jest.spyOn(o, 'g', 'get').mockReturnValue('spied'); expect(o.g).toBe('spied'); jest.restoreAllMocks(); expect([o.f(1), o.g]).toEqual([2, 'real']); expect(jest.isMockFunction(o.f)).toBe(false); });
  test('not called', () => expect(jest.fn()).toHaveBeenCalled()); test('called with others', () => { const fn = jest.fn(); fn(1, { a: 2 }); expect(fn).toHaveBeenCalledWith(1, { a: 3 }); }); test('constructed', () => { const C = jest.fn(function () { this.v = 1; }); const c = new C(); expect(C.mock.instances[0]).toBe(c); });
  test('replaced property', () => { const o = { p: 1 }; const r = jest.replaceProperty(o, 'p', 2); expect(o.p).toBe(2); r.restore(); expect(o.p).toBe(1); });
});
describe('timers', () => {
  afterEach(() => { jest.useRealTimers(); });
  test('advance', () => { jest.useFakeTimers(); const fn = jest.fn(); setTimeout(fn, 1000); setInterval(fn, 300); jest.advanceTimersByTime(999); expect(fn).toHaveBeenCalledTimes(3); jest.advanceTimersByTime(1); expect(fn).toHaveBeenCalledTimes(4); expect(jest.getTimerCount()).toBe(1); jest.clearAllTimers(); expect(jest.getTimerCount()).toBe(0); });
  test('run all', () => { jest.useFakeTimers(); const fn = jest.fn(); setTimeout(() => { fn('a'); setTimeout(() => fn('b'), 1e6); }, 10); jest.runOnlyPendingTimers(); expect(fn).toHaveBeenCalledTimes(1); jest.runAllTimers(); expect(fn).toHaveBeenLastCalledWith('b'); });
  test('next', () => { jest.useFakeTimers(); const fn = jest.fn(); setTimeout(fn, 5, 1); setTimeout(fn, 7, 2); jest.advanceTimersToNextTimer(); expect(fn.mock.calls).toEqual([[1]]); jest.advanceTimersToNextTimer(2); expect(fn.mock.calls).toEqual([[1], [2]]); });
  test('system time', () => { jest.useFakeTimers({ now: 1000 }); expect(Date.now()).toBe(1000); jest.setSystemTime(new Date(5000)); expect(new Date().getTime()).toBe(5000); jest.advanceTimersByTime(50); expect(jest.now()).toBe(5050); expect(jest.getRealSystemTime()).toBeGreaterThan(1e12); });
  test('promises', async () => { jest.useFakeTimers(); const log = []; (async () => { for (let i = 0; i < 3; i++) { await new Promise((r) => setTimeout(r, 100)); log.push(i); } })(); await jest.advanceTimersByTimeAsync(250); expect(log).toEqual([0, 1]); await jest.runAllTimersAsync(); expect(log).toEqual([0, 1, 2]); });
  test('endless', () => { jest.useFakeTimers({ timerLimit: 10 }); setInterval(() => {}, 1); expect(() => jest.runAllTimers()).toThrow('infinite loop'); });
  test('some are left alone', () => { jest.useFakeTimers({ doNotFake: ['Date', 'nextTick'] }); expect(Date.now()).toBeGreaterThan(1e12); const fn = jest.fn(); setTimeout(fn, 1); jest.runAllTimers(); expect(fn).toHaveBeenCalled(); });
});
