// Errors made in the arguments of others, and how many call sites prepareStackTrace is given.
try {
  throw new TypeError('outer', {
    cause: new Error('inner'),
  });
} catch (e) { console.log(e.stack.split('\n')[1]); }
class MyError extends Error {}
try {
  throw new MyError('outer', {
    cause: new Error('inner'),
  });
} catch (e) { console.log(e.stack.split('\n')[1], e.cause.stack.split('\n')[1]); }
class Deep extends Error { constructor(message) { super(message, { cause: new RangeError('x') }); } }
try {
  throw new Deep(
    String(new Error('inner')),
  );
} catch (e) { console.log(e.stack.split('\n')[1], e.cause.stack.split('\n').slice(1, 3).join()); }
Error.stackTraceLimit = 2;
Error.prepareStackTrace = (error, sites) => sites.length;
function a() { return new Error('x').stack; } function b() { return a(); } function c() { return b(); }
console.log(c()); Error.stackTraceLimit = 0; console.log(c()); Error.stackTraceLimit = 1; console.log(c());
const o = {}; Error.captureStackTrace(o); console.log(o.stack);
