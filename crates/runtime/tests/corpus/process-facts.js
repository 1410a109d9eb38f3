// What `process` checks, and what it is.
const { EventEmitter } = require('events');
const { scheduler } = require('timers/promises');
const attempt = (what, run) => {
  try {
    console.log(what, run());
  } catch (error) {
    console.log(what, error.name, error.code, error.message);
  }
};
process.on('warning', ({ name, code, message }) => console.log('warning', name, code, message));

const prototype = Object.getPrototypeOf(process);
console.log(process instanceof process.constructor, prototype instanceof EventEmitter, Object.hasOwn(prototype, 'constructor'));
attempt('hrtime', () => process.hrtime(1));
attempt('hrtime', () => process.hrtime([]));
attempt('hrtime', () => process.hrtime([1, 2, 3]));
attempt('hrtime', () => process.hrtime([0, 0]).length);
process.umask(0o22);
attempt('umask', () => process.umask('0664'));
attempt('umask', () => process.umask(0o22));
attempt('umask', () => process.umask({}));
attempt('umask', () => process.umask(-1));
attempt('umask', () => process.umask(1.5));
attempt('config', () => { 'use strict'; process.config.variables = 42; });
attempt('features', () => Object.keys(process.features).sort());
attempt('abort', () => process.abort.prototype);
attempt('assert', () => process.assert(1, 'no'));
attempt('assert', () => process.assert(0, 'words'));
attempt('assert', () => process.assert(''));
attempt('scheduler', () => new scheduler.constructor());
attempt('yield', () => scheduler.yield.call({}));

// A timer's method on what is none, and each of them on a timer.
const timer = setInterval(() => {}, 1);
attempt('unref', () => Object.keys(timer.unref.call({})));
attempt('unref', () => timer.unref() === timer && timer.hasRef());
