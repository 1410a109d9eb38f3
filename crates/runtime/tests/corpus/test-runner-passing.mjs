// What a file of node:test prints on stdout: TAP, in the order in which tests end.
import test, { describe, it, before, after, beforeEach, afterEach } from 'node:test';
import assert from 'node:assert';
const order = [];
before(() => order.push('before all')); after(() => console.log(order.join(', ')));
test('synchronous', () => { order.push('sync'); });
test('asynchronous', async () => { await new Promise((resolve) => setTimeout(resolve, 5)); order.push('async'); });
test('callback', (t, done) => setImmediate(done));
test('with subtests', async (t) => {
  t.diagnostic('a diagnostic');
  t.beforeEach((t) => order.push(`beforeEach ${t.name}`));
  await t.test('first', () => {});
  await t.test('second', { skip: 'not today' }, () => assert.fail());
  await t.test('third', async (t) => { await t.test('nested', () => {}); });
});
describe('a suite', { concurrency: 1 }, () => {
  before(() => order.push('suite before')); after(() => order.push('suite after')); beforeEach(() => order.push('each')); afterEach(() => order.push('after each'));
  it('one', () => {}); it('two', async () => {}); it.skip('three', () => {}); it.todo('four');
  describe('inner', () => { it('five', () => {}); });
});
test('planned', (t) => { t.plan(2); t.assert.ok(true); t.assert.strictEqual(1, 1); });
test.skip('skipped'); test.todo('todo');
test(); test(function named() {}); it('says # and \\ and\nlines', () => {});
test('skips itself', (t) => t.skip('because')); test('is to do', (t) => t.todo());
test('aborted by nobody', (t) => { assert.equal(t.signal.aborted, false); });
