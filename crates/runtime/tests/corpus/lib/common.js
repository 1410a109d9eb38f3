// What Node's own tests ask of their `common` module, as far as programs here need it.
'use strict';
const assert = require('assert');
const { inspect } = require('util');

const checks = [];

process.on('exit', (code) => {
  if (code !== 0) return;
  for (const { name, expected, actual, atLeast } of checks) {
    const holds = atLeast ? actual >= expected : actual === expected;
    if (!holds) {
      console.log('%s: expected %s%d calls, had %d', name, atLeast ? 'at least ' : '', expected, actual);
      process.exitCode = 1;
    }
  }
});

function counted(fn, expected, atLeast) {
  if (typeof fn === 'number') [fn, expected] = [() => {}, fn];
  const check = { name: fn.name || '<anonymous>', expected, actual: 0, atLeast };
  checks.push(check);
  return function(...args) {
    check.actual++;
    return fn.apply(this, args);
  };
}

const mustCall = (fn = () => {}, expected = 1) => counted(fn, expected, false);
const mustCallAtLeast = (fn = () => {}, expected = 1) => counted(fn, expected, true);
const mustSucceed = (fn = () => {}, expected) => mustCall(function(error, ...args) {
  assert.ifError(error);
  return fn.apply(this, args);
}, expected);
const mustNotCall = (message = 'function should not have been called') => (...args) => {
  assert.fail(`${message}${args.length > 0 ? ` with arguments: ${args.map((arg) => inspect(arg)).join(', ')}` : ''}`);
};

/** Expects these warnings, `[message, code]` by name, in their order, and no other. */
function expectWarning(expected) {
  const left = Object.entries(expected).map(([name, pairs]) => [name, Array.isArray(pairs[0]) ? pairs : [pairs]]);
  const byName = Object.fromEntries(left);
  process.on('warning', mustCallAtLeast((warning) => {
    const [message, code] = byName[warning.name].shift();
    assert.strictEqual(warning.message, message);
    assert.strictEqual(warning.code, code);
  }));
}

const expectsError = (validation, times) => mustCall((...args) => {
  assert.strictEqual(args.length, 1);
  assert.throws(() => { throw args[0]; }, validation);
  return true;
}, times);

module.exports = {
  mustCall, mustCallAtLeast, mustSucceed, mustNotCall, expectWarning, expectsError, platformTimeout: (ms) => ms,
  isWindows: false, isMainThread: true,
};
