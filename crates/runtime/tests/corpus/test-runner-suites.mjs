// node:test: hooks in nested suites, orders, options, contexts, subtests that run at once.
import { describe, it, test, before, after, beforeEach, afterEach, mock } from 'node:test';
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
const order = []; const push = (name) => () => { order.push(name); };
describe('outer', () => {
  before(push('outer before')); after(push('outer after')); beforeEach(push('outer each')); afterEach(push('outer after each'));
  it('first', push('first'));
  describe('inner', () => { before(push('inner before')); after(push('inner after')); beforeEach(push('inner each')); afterEach(push('inner after each')); it('second', async () => { await sleep(1); order.push('second'); }); it('third', push('third')); });
  it('fourth', (t) => { assert.equal(t.name, 'fourth'); order.push('fourth'); });
});
test('order so far', () => { console.log(order.join(', ')); });
test('at once', { concurrency: 3 }, async (t) => { const begun = []; await Promise.all([30, 10, 20].map((ms) => t.test(`takes ${ms}`, async () => { begun.push(ms); await sleep(ms); console.log('done', ms); }))); assert.deepEqual(begun, [30, 10, 20]); });
test('one by one', async (t) => { const log = []; await Promise.all(['a', 'b'].map((name) => t.test(name, async () => { log.push(`${name} begins`); await sleep(1); log.push(`${name} ends`); }))); assert.deepEqual(log, ['a begins', 'a ends', 'b begins', 'b ends']); });
test('context', async (t) => { t.before(() => console.log('context before')); t.after(() => console.log('context after')); t.beforeEach(() => console.log('context each')); await t.test('sub', (s) => { assert.equal(s.fullName, 'context > sub'); s.diagnostic('said by sub'); }); const fn = t.mock.fn(); fn(1); assert.equal(fn.mock.callCount(), 1); });
describe('skipped suite', { skip: 'whole' }, () => { it('never', () => { throw new Error('x'); }); }); describe('todo suite', { todo: true }, () => { it('inside', () => {}); });
describe('asynchronous suite', async () => { it('registered early', () => {}); await null; }); describe(); it('no function');
test('signal', { signal: AbortSignal.abort() }, () => {}); test('timeout is kept', { timeout: 1000 }, async () => { await sleep(5); });
for (const wrong of [() => test('x', { timeout: -1 }), () => test('x', { concurrency: 'a' }), () => test('x', { signal: 5 })]) { try { await wrong(); console.log('nothing'); } catch (error) { console.log(error.name, error.code); } }
