function inner() { return new Error('from inner'); }
function outer() { return inner(); }
console.log(outer());
console.log([outer()]);
console.log({ nested: { error: outer() } });
class Failure extends Error { constructor(message, code) { super(message); this.name = 'Failure'; this.code = code; } }
console.log(new Failure('coded', 7));
try { null.property; } catch (error) { console.log(error.stack); }
try { undefined_name; } catch (error) { console.log(error); }
console.log(new Error('outer', { cause: new TypeError('inner') }));
console.log(new Error('short').stack.split('\n').length, Error.stackTraceLimit);
Error.stackTraceLimit = 2; console.log(outer().stack); Error.stackTraceLimit = 0; console.log(outer().stack); Error.stackTraceLimit = 10;
const target = {}; Error.captureStackTrace(target, inner); console.log(typeof target.stack, Object.keys(target));
[1].forEach(function each() { console.log(new Error('in forEach').stack.split('\n').slice(0, 3).join('\n')); });
setTimeout(() => console.log(new Error('in timer').stack), 1);
setTimeout(function named() { console.log(new Error('in named timer').stack); }, 2);
setTimeout(() => setImmediate(() => console.log(new Error('in immediate').stack)), 5);
try { require('assert').strictEqual(1, 2); } catch (error) { console.log(error); }
try { setTimeout('not a function'); } catch (error) { console.log(error.stack.split('\n')[0], error.name, error); }
