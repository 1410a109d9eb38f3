// `assert`.

const { AssertionError } = internal;
const inspect = (value, options) => internal.inspect(value, options);
const isRegExp = (value) => internal.types.isRegExp(value);
const isDeepEqual = (a, b) => internal.isDeepEqual(a, b);
const isDeepStrictEqual = (a, b) => internal.isDeepStrictEqual(a, b);

function fail_(options) {
  if (options.message instanceof Error) throw options.message;
  throw new AssertionError(options);
}

/** The text of the call at a place of the source, its indentation taken away. */
function callText(place) {
  const lines = [];
  let depth = 0;
  let quote;
  for (let at = place.line; at < place.line + 100; at++) {
    const line = host.sourceLine(place.file, at);
    if (line === undefined) return undefined;
    // The place may be that of the method's name; the call begins at the object's.
    const before = at === place.line ? /[\w$.\s]*$/.exec(line.slice(0, place.column - 1))[0].trimStart() : '';
    const from = at === place.line ? place.column - 1 - before.length : 0;
    for (let i = from; i < line.length; i++) {
      const c = line[i];
      if (quote !== undefined) {
        if (c === '\\') i++;
        else if (c === quote) quote = undefined;
      } else if (c === '"' || c === "'" || c === '`') quote = c;
      else if ('([{'.includes(c)) depth++;
      else if (')]}'.includes(c) && --depth === 0) {
        lines.push(line.slice(from, i + 1));
        const [first, ...rest] = lines;
        const indent = place.column - 1;
        const outdented = rest.map((text) => `\n  ${text.slice(Math.min(indent, text.length - text.trimStart().length))}`);
        return first + outdented.join('');
      }
    }
    lines.push(line.slice(from));
  }
  return undefined;
}

function checkOk(fn, count, value, message) {
  if (value) return;
  let generated = false;
  if (count === 0) {
    generated = true;
    message = 'No value argument passed to `assert.ok()`';
  } else if (message == null) {
    generated = true;
    const probe = {};
    Error.captureStackTrace(probe, fn);
    const place = internal.topPlace(probe);
    const text = place && callText(place);
    if (text !== undefined) message = `The expression evaluated to a falsy value:\n\n  ${text}\n`;
  } else if (message instanceof Error) {
    throw message;
  }
  const error = new AssertionError({ actual: value, expected: true, message, operator: '==', stackStartFn: fn });
  error.generatedMessage = generated;
  throw error;
}

internal.innerOk = (fn, count, value, message) => checkOk(fn, count, value, message);

function assert(...args) { checkOk(assert, args.length, ...args); }
function ok(...args) { checkOk(ok, args.length, ...args); }

/** `assert.name(actual, expected, message)` by a predicate. */
function comparison(name, operator, holds) {
  const method = { [name](actual, expected, message) {
    if (arguments.length < 2) {
      throw internal.codedError(TypeError, 'ERR_MISSING_ARGS', 'The "actual" and "expected" arguments must be specified');
    }
    if (!holds(actual, expected)) fail_({ actual, expected, message, operator, stackStartFn: method });
  } }[name];
  return method;
}

/* eslint-disable eqeqeq */
const looselyEqual = (a, b) => a == b || (Number.isNaN(a) && Number.isNaN(b));
const equal = comparison('equal', '==', looselyEqual);
const notEqual = comparison('notEqual', '!=', (a, b) => !looselyEqual(a, b));
const strictEqual = comparison('strictEqual', 'strictEqual', Object.is);
const notStrictEqual = comparison('notStrictEqual', 'notStrictEqual', (a, b) => !Object.is(a, b));
const deepEqual = comparison('deepEqual', 'deepEqual', isDeepEqual);
const notDeepEqual = comparison('notDeepEqual', 'notDeepEqual', (a, b) => !isDeepEqual(a, b));
const deepStrictEqual = comparison('deepStrictEqual', 'deepStrictEqual', isDeepStrictEqual);
const notDeepStrictEqual = comparison('notDeepStrictEqual', 'notDeepStrictEqual', (a, b) => !isDeepStrictEqual(a, b));

function fail(message) {
  if (message instanceof Error) throw message;
  const error = new AssertionError({ message: message ?? 'Failed', operator: 'fail', stackStartFn: fail });
  error.generatedMessage = message === undefined;
  throw error;
}

// --- exceptions -----------------------------------------------------------------------------

const NONE = Symbol('no exception');

/** What of an error a validation object looks at, for the difference that is shown. */
class Comparison {
  constructor(object, keys, actual) {
    for (const key of keys) {
      if (!(key in object)) continue;
      const matches = actual !== undefined && typeof actual[key] === 'string' && isRegExp(object[key]) && object[key].test(actual[key]);
      this[key] = matches ? actual[key] : object[key];
    }
  }
}

function checkProperties(actual, expected, message, fn) {
  const keys = Object.keys(expected);
  if (expected instanceof Error) keys.push('name', 'message');
  else if (keys.length === 0) {
    throw internal.codedError(
      TypeError, 'ERR_INVALID_ARG_VALUE', `The argument 'error' may not be an empty object. Received {}`);
  }
  for (const key of keys) {
    if (typeof actual[key] === 'string' && isRegExp(expected[key]) && expected[key].test(actual[key])) continue;
    if (key in actual && isDeepStrictEqual(actual[key], expected[key])) continue;
    if (message) fail_({ actual, expected, message, operator: fn.name, stackStartFn: fn });
    const error = new AssertionError({
      actual: new Comparison(actual, keys), expected: new Comparison(expected, keys, actual),
      operator: 'deepStrictEqual', stackStartFn: fn,
    });
    Object.assign(error, { actual, expected, operator: fn.name });
    throw error;
  }
}

/** What is wrong with an exception, in words; undefined if nothing is. */
function objection(actual, expected) {
  if (isRegExp(expected)) {
    const text = String(actual);
    if (expected.test(text)) return undefined;
    return `The input did not match the regular expression ${inspect(expected)}. Input:\n\n${inspect(text)}\n`;
  }
  if (expected.prototype !== undefined && actual instanceof expected) return undefined;
  if (Object.prototype.isPrototypeOf.call(Error, expected)) {
    let message = `The error is expected to be an instance of "${expected.name}". Received `;
    if (!internal.isError(actual)) return `${message}"${inspect(actual, { depth: -1 })}"`;
    const name = actual.constructor?.name || actual.name;
    message += expected.name === name ? 'an error with identical name but a different prototype.' : `"${name}"`;
    return actual.message ? `${message}\n\nError message:\n\n${actual.message}` : message;
  }
  const result = expected.call({}, actual);
  if (result === true) return undefined;
  const name = expected.name ? `"${expected.name}" ` : '';
  const caught = internal.isError(actual) ? `\n\nCaught error:\n\n${actual}` : '';
  return `The ${name}validation function is expected to return "true". Received ${inspect(result)}${caught}`;
}

function checkException(actual, expected, message, fn) {
  if (typeof expected !== 'function' && !isRegExp(expected)) {
    if (typeof actual !== 'object' || actual === null) {
      const error = new AssertionError({ actual, expected, message, operator: 'deepStrictEqual', stackStartFn: fn });
      error.operator = fn.name;
      throw error;
    }
    checkProperties(actual, expected, message, fn);
    return;
  }
  const words = objection(actual, expected);
  if (words === undefined) return;
  if (message instanceof Error) throw message;
  const error = new AssertionError({ actual, expected, message: message || words, operator: fn.name, stackStartFn: fn });
  error.generatedMessage = !message;
  throw error;
}

function expectError(fn, actual, error, message) {
  if (typeof error === 'string') {
    if (actual?.message === error || actual === error) {
      throw internal.codedError(
        TypeError, 'ERR_AMBIGUOUS_ARGUMENT',
        `The "error/message" argument is ambiguous. The error ${actual === error ? '' : 'message '}"${error}" is identical to the message.`);
    }
    message = error;
    error = undefined;
  } else if (error != null && typeof error !== 'object' && typeof error !== 'function') {
    throw internal.invalidArgType('error', 'of type function or an instance of Error, RegExp, or Object', error);
  }
  if (actual === NONE) {
    const details = `${error?.name ? ` (${error.name})` : ''}${message ? `: ${message}` : '.'}`;
    const kind = fn === rejects ? 'rejection' : 'exception';
    fail_({ actual: undefined, expected: error, operator: fn.name, message: `Missing expected ${kind}${details}`, stackStartFn: fn });
  }
  if (error) checkException(actual, error, message, fn);
}

function expectNoError(fn, actual, error, message) {
  if (actual === NONE) return;
  if (typeof error === 'string') {
    message = error;
    error = undefined;
  }
  if (error && objection(actual, error) !== undefined) throw actual;
  const kind = fn === doesNotReject ? 'rejection' : 'exception';
  fail_({
    actual, expected: error, operator: fn.name, stackStartFn: fn,
    message: `Got unwanted ${kind}${message ? `: ${message}` : '.'}\nActual message: "${actual?.message}"`,
  });
}

function thrownBy(fn) {
  internal.validateFunction(fn, 'fn');
  try {
    fn();
  } catch (error) {
    return error;
  }
  return NONE;
}

async function rejectionOf(promise) {
  const isPromise = (value) => value instanceof Promise ||
    (typeof value === 'object' && value !== null && typeof value.then === 'function' && typeof value.catch === 'function');
  let result = promise;
  if (typeof promise === 'function') {
    result = promise();
    if (!isPromise(result)) {
      throw internal.codedError(
        TypeError, 'ERR_INVALID_RETURN_VALUE',
        `Expected instance of Promise to be returned from the "promiseFn" function but got ${
          internal.received(result).replace(/^ Received /, '')}.`);
    }
  } else if (!isPromise(promise)) {
    throw internal.invalidArgType('promiseFn', 'of type function or an instance of Promise', promise);
  }
  try {
    await result;
  } catch (error) {
    return error;
  }
  return NONE;
}

function throws(fn, ...args) { expectError(throws, thrownBy(fn), ...args); }
async function rejects(promise, ...args) { expectError(rejects, await rejectionOf(promise), ...args); }
function doesNotThrow(fn, ...args) { expectNoError(doesNotThrow, thrownBy(fn), ...args); }
async function doesNotReject(promise, ...args) { expectNoError(doesNotReject, await rejectionOf(promise), ...args); }

function ifError(error) {
  if (error === null || error === undefined) return;
  let message = 'ifError got unwanted exception: ';
  if (typeof error === 'object' && typeof error.message === 'string') {
    message += error.message.length === 0 && error.constructor ? error.constructor.name : error.message;
  } else {
    message += inspect(error);
  }
  throw new AssertionError({ actual: error, expected: null, operator: 'ifError', message, stackStartFn: ifError });
}

function checkMatch(fn, text, regexp, message, wanted) {
  if (!isRegExp(regexp)) throw internal.invalidArgType('regexp', 'an instance of RegExp', regexp);
  if (typeof text === 'string' && (regexp.exec(text) !== null) === wanted) return;
  if (message instanceof Error) throw message;
  const generated = !message;
  if (generated) {
    message = typeof text !== 'string'
      ? `The "string" argument must be of type string. Received type ${typeof text} (${inspect(text)})`
      : `${wanted ? 'The input did not match the regular expression ' : 'The input was expected to not match the regular expression '}` +
        `${inspect(regexp)}. Input:\n\n${inspect(text)}\n`;
  }
  const error = new AssertionError({ actual: text, expected: regexp, message, operator: fn.name, stackStartFn: fn });
  error.generatedMessage = generated;
  throw error;
}

function match(text, regexp, message) { checkMatch(match, text, regexp, message, true); }
function doesNotMatch(text, regexp, message) { checkMatch(doesNotMatch, text, regexp, message, false); }

Object.assign(assert, {
  fail, AssertionError, ok, equal, notEqual, deepEqual, notDeepEqual, deepStrictEqual, notDeepStrictEqual, strictEqual,
  notStrictEqual, throws, rejects, doesNotThrow, doesNotReject, ifError, match, doesNotMatch,
});

function strict(...args) { checkOk(strict, args.length, ...args); }
assert.strict = Object.assign(strict, assert, {
  equal: strictEqual,
  deepEqual: deepStrictEqual,
  notEqual: notStrictEqual,
  notDeepEqual: notDeepStrictEqual,
});
assert.strict.strict = assert.strict;

for (const each of [assert, strict]) {
  Object.defineProperty(each, 'CallTracker', { __proto__: null, configurable: true, enumerable: true, get: callTracker });
}

function callTracker() {
  const CallTracker = internal.util.deprecate(
    internal.nodeRequire('internal/assert/calltracker'), 'assert.CallTracker is deprecated.', 'DEP0173');
  for (const each of [assert, strict]) Object.defineProperty(each, 'CallTracker', { __proto__: null, value: CallTracker, writable: true });
  return CallTracker;
}

internal.assert = assert;
