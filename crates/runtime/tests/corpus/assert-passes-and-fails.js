const assert = require('assert');
const show = (name, f) => { try { f(); console.log(name, 'passed'); } catch (e) { console.log(name, e.name, e.code, e.generatedMessage, e.operator, '\n' + e.message); } };
show('ok', () => assert(1)); show('falsy', () => assert(0, 'said why')); show('expression', () => assert(1 === 2)); show('ok call', () => assert.ok(typeof 5 === 'string'));
show('none', () => assert.ok()); show('multi', () => assert.ok(
  [1, 2].includes(3) &&
    true,
));
show('strictEqual', () => assert.strictEqual(1, 1)); show('strict numbers', () => assert.strictEqual(1, 2)); show('strict strings', () => assert.strictEqual('a long text that differs at the end x', 'a long text that differs at the end y'));
show('strict text', () => assert.strictEqual('hello\nworld', 'hello\nthere')); show('strict NaN', () => assert.strictEqual(NaN, NaN)); show('strict zero', () => assert.strictEqual(0, -0)); show('message', () => assert.strictEqual(1, 2, 'one is not two'));
show('objects', () => assert.strictEqual({ a: 1 }, { a: 1 })); show('arrays', () => assert.deepStrictEqual([1, 2, 3], [1, 2, 4]));
show('deep', () => assert.deepStrictEqual({ a: { b: [1, { c: 2 }] } }, { a: { b: [1, { c: 2 }] } })); show('deep differs', () => assert.deepStrictEqual({ a: 1, b: { c: [1, 2] } }, { a: 1, b: { c: [1, 3] } }));
show('deep types', () => assert.deepStrictEqual([1], ['1'])); show('loose', () => assert.deepEqual([1], ['1'])); show('loose differs', () => assert.deepEqual({ a: 1 }, { a: 2 }));
show('maps', () => assert.deepStrictEqual(new Map([[1, { a: 1 }]]), new Map([[1, { a: 1 }]]))); show('sets', () => assert.deepStrictEqual(new Set([{ a: 1 }]), new Set([{ a: 1 }]))); show('sets differ', () => assert.deepStrictEqual(new Set([1]), new Set([2])));
show('dates', () => assert.deepStrictEqual(new Date(0), new Date(0))); show('prototypes', () => assert.deepStrictEqual(new (class A {})(), {})); show('circular', () => { const a = {}; a.a = a; const b = {}; b.a = b; assert.deepStrictEqual(a, b); });
show('equal', () => assert.equal(1, '1')); show('equal differs', () => assert.equal(1, 2)); show('notEqual', () => assert.notEqual(1, 1)); show('notStrict', () => assert.notStrictEqual(1, 1)); show('notDeep', () => assert.notDeepStrictEqual({ a: 1 }, { a: 1 }));
show('throws', () => assert.throws(() => { throw new TypeError('bad'); }, TypeError)); show('throws message', () => assert.throws(() => { throw new Error('bad thing'); }, /thing/)); show('throws object', () => assert.throws(() => { throw Object.assign(new Error('bad'), { code: 5 }); }, { message: 'bad', code: 5 }));
show('throws nothing', () => assert.throws(() => {})); show('throws other', () => assert.throws(() => { throw new Error('bad'); }, /good/)); show('throws object differs', () => assert.throws(() => { throw new Error('bad'); }, { message: 'good' }));
show('throws validate', () => assert.throws(() => { throw new Error('bad'); }, (e) => e.message === 'bad')); show('doesNotThrow', () => assert.doesNotThrow(() => { throw new Error('bad'); }, 'hm')); show('fail', () => assert.fail('failed')); show('fail plain', () => assert.fail());
show('match', () => assert.match('abc', /b/)); show('no match', () => assert.match('abc', /x/)); show('ifError', () => assert.ifError(null)); show('ifError set', () => assert.ifError(new Error('set'))); show('strict mode', () => assert.strict.equal(1, '1'));
(async () => { await assert.rejects(Promise.reject(new Error('r')), /r/); await assert.rejects(Promise.resolve(1)).catch((e) => console.log(e.message)); await assert.doesNotReject(async () => 1); await assert.doesNotReject(Promise.reject(new Error('no'))).catch((e) => console.log(e.message)); await assert.rejects(() => 5).catch((e) => console.log(e.name, e.code, e.message)); console.log('end'); })();
