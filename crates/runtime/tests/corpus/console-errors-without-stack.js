const e = (error) => { error.stack = error.stack.split('\n    at')[0]; return error; };
console.log(e(new Error('message')), [e(new TypeError('in array'))], { error: e(new RangeError('in object')) });
console.log(e(Object.assign(new Error('with props'), { code: 'E_CODE', details: { a: 1 } })));
class Custom extends Error { constructor(m) { super(m); this.name = 'Custom'; this.extra = 1; } }
class Plain extends Error {}
console.log(e(new Custom('custom')), e(new Plain('plain')), e(new (class extends Plain {})('anonymous')));
console.log(e(new Error('outer', { cause: e(new Error('inner')) })));
console.log(e(new AggregateError([e(new Error('one')), e(new Error('two'))], 'several')));
console.log(e(new Error('')), e(new Error('several\nlines')), String(new Error('x')), `${new TypeError('y')}`);
const renamed = new Error('renamed'); renamed.name = 'Renamed'; console.log(e(renamed));
console.log(Object.prototype.toString.call(new Error('x')), Object.keys(new Error('x')), Object.getOwnPropertyNames(new Error('x')).sort());
console.log(new Error('x') instanceof Error, Error('no new').message, new Error('x', { cause: 0 }).cause, 'cause' in new Error('x'));
const fake = { name: 'Fake', message: 'not an error', stack: 'stack' }; console.log(fake);
