// Vitest: tests, hooks, mocks, timers, its own matchers.
import { describe, it, test, expect, vi, beforeAll, beforeEach, afterEach, afterAll } from 'vitest';
import { setTimeout as sleep } from 'node:timers/promises';
const order = [];
const seven = vi.hoisted(() => 7);
beforeAll(() => { order.push('all'); }); beforeEach(() => { order.push('each'); }); afterEach(() => { order.push('after-each'); });
describe('suite', () => { beforeEach(() => { order.push('inner'); }); afterEach(() => { order.push('inner-after'); }); it('one', () => { order.push('one'); }); describe('deep', () => { it('two', () => { order.push('two'); }); }); });
it('order', () => { expect(order.join(' ')).toBe('all each inner one inner-after after-each each inner two inner-after after-each each'); });
it('context', ({ expect: own, task }) => { own(task.name).toBe('context'); }); it('options', { timeout: 500 }, async () => { await sleep(1); }); it('times out', async () => { await new Promise(() => {}); }, 30);
it.skip('skipped', () => {}); it.todo('to do'); it.fails('fails', () => { expect(1).toBe(2); }); it.fails('does not fail', () => {}); describe.skip('skipped suite', () => { it('inside', () => {}); }); it.skipIf(true)('skip if', () => {}); it.runIf(true)('run if', () => {});
it.each([[1, 1, 2], [1, 2, 4]])('add(%i, %i) -> %i', (a, b, sum) => { expect(a + b).toBe(sum); }); it.each([{ a: 1, b: 'x' }])('object $a', ({ a }) => { expect(a).toBe(1); }); describe.each(['x', 'y'])('suite %s', (v) => { it('inside', () => { expect(v).toBe('x'); }); });
describe('matchers', () => {
  it('type of', () => { expect('a').toBeTypeOf('string'); }); it('not type of', () => { expect('a').toBeTypeOf('number'); }); it('satisfy', () => { expect(3).toSatisfy((n) => n % 2 === 1); }); it('not satisfy', () => { expect(2).toSatisfy((n) => n % 2 === 1); });
  it('once', () => { const fn = vi.fn(); fn(1); expect(fn).toHaveBeenCalledOnce(); }); it('not once', () => { const fn = vi.fn(); expect(fn).toHaveBeenCalledOnce(); }); it('equal', () => { expect({ a: [1, { b: undefined }] }).toEqual({ a: [1, {}] }); }); it('strict', () => { expect({ a: undefined }).toStrictEqual({}); }); it('throws', () => { expect(() => { throw new Error('x'); }).toThrowError('x'); }); it('unreachable', () => { expect.unreachable('no'); });
});
describe('mocks', () => {
  afterEach(() => { vi.restoreAllMocks(); vi.unstubAllGlobals(); vi.unstubAllEnvs(); });
  it('fn', () => { const fn = vi.fn((x) => x + 1); expect(fn(1)).toBe(2); expect(fn.mock.calls).toEqual([[1]]); expect(fn.mock.results).toEqual([{ type: 'return', value: 2 }]); fn.mockReturnValue(5); expect(fn()).toBe(5); fn.mockClear(); expect(fn).not.toHaveBeenCalled(); expect(vi.isMockFunction(fn)).toBe(true); });
  it('spy', () => { const o = { f: () => 'real' }; const spy = vi.spyOn(o, 'f').mockImplementation(() => 'fake'); expect(o.f()).toBe('fake'); spy.mockRestore(); expect(o.f()).toBe('real'); });
  it('globals', () => { vi.stubGlobal('answer', 42); expect(globalThis.answer).toBe(42); vi.unstubAllGlobals(); expect('answer' in globalThis).toBe(false); vi.stubEnv('MODE_X', 'test'); expect(process.env.MODE_X).toBe('test'); vi.unstubAllEnvs(); expect(process.env.MODE_X).toBe(undefined); });
  it('resolved', async () => { const fn = vi.fn().mockResolvedValue(1).mockRejectedValueOnce(new Error('no')); await expect(fn()).rejects.toThrow('no'); await expect(fn()).resolves.toBe(1); expect(fn).toHaveBeenCalledTimes(2); });
  it('hoisted', () => { expect(seven).toBe(7); });
});
describe('timers', () => {
  beforeEach(() => { vi.useFakeTimers(); }); afterEach(() => { vi.useRealTimers(); });
  it('advance', () => { const fn = vi.fn(); setTimeout(fn, 100); setInterval(fn, 40); vi.advanceTimersByTime(100); expect(fn).toHaveBeenCalledTimes(3); expect(vi.getTimerCount()).toBe(1); vi.clearAllTimers(); });
  it('run', () => { const fn = vi.fn(); setTimeout(() => { fn(); setTimeout(fn, 1e7); }, 1e7); vi.runOnlyPendingTimers(); expect(fn).toHaveBeenCalledTimes(1); vi.runAllTimers(); expect(fn).toHaveBeenCalledTimes(2); });
  it('next', () => { const fn = vi.fn(); setTimeout(fn, 5); setTimeout(fn, 6); vi.advanceTimersToNextTimer(); expect(fn).toHaveBeenCalledTimes(1); vi.advanceTimersToNextTimer().advanceTimersToNextTimer(); expect(fn).toHaveBeenCalledTimes(2); });
  it('async', async () => { const log = []; (async () => { for (let i = 0; i < 3; i++) { await new Promise((r) => setTimeout(r, 100)); log.push(i); } })(); await vi.advanceTimersByTimeAsync(200); expect(log).toEqual([0, 1]); await vi.runAllTimersAsync(); expect(log).toEqual([0, 1, 2]); });
  it('time', () => { vi.setSystemTime(new Date(Date.UTC(2020, 1, 1))); expect(new Date().getFullYear()).toBe(2020); expect(vi.getMockedSystemTime().getTime()).toBe(Date.UTC(2020, 1, 1)); expect(vi.isFakeTimers()).toBe(true); expect(vi.getRealSystemTime()).toBeGreaterThan(1e12); });
  it('wait for', async () => { let n = 0; setTimeout(() => { n = 1; }, 200); await vi.waitFor(() => { expect(n).toBe(1); }); });
});
it('wait until', async () => { let ready = false; setTimeout(() => { ready = true; }, 60); expect(await vi.waitUntil(() => ready)).toBe(true); });
it('soft time', async () => { await expect(vi.waitFor(() => { throw new Error('never'); }, { timeout: 60, interval: 10 })).rejects.toThrow('never'); });
