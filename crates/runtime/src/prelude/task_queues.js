// `process.nextTick`, `queueMicrotask` and the bookkeeping of rejections. The loop on the other
// side decides when each of them runs.

/** Callbacks, their arguments, their contexts. */
let ticks = [];
let next = 0;
const current = internal.asyncContext;

internal.nextTick = function nextTick(callback, ...args) {
  internal.validateFunction(callback, 'callback');
  if (internal.process._exiting) return;
  ticks.push(callback, args, current[0]);
  host.addTick();
};

internal.runTick = function runTick() {
  const callback = ticks[next];
  const args = ticks[next + 1];
  current[0] = ticks[next + 2];
  next += 3;
  if (next === ticks.length) {
    ticks = [];
    next = 0;
  } else if (next > 2048 && next * 2 > ticks.length) {
    ticks = ticks.slice(next);
    next = 0;
  }
  if (host.tracing) host.running(internal.placeOf(callback));
  callback(...args);
};

const resolved = Promise.resolve();
const { then } = Promise.prototype;

internal.queueMicrotask = function queueMicrotask(callback) {
  internal.validateFunction(callback, 'callback');
  then.call(resolved, function runMicrotask() {
    if (host.tracing) host.running(internal.placeOf(callback));
    try {
      callback();
    } catch (error) {
      current[0] = undefined;
      internal.onUncaught(error, false);
    }
  });
};

// --- rejections -----------------------------------------------------------------------------

/** Rejected without a handler since the last look: promise → reason, number and context. */
let pending = new Map();
/** Reported: promise → number. A handler may still come. */
const reported = new WeakMap();
/** A handler came late: the promise, and the warning of it. */
let late = [];
let lastNumber = 0;

internal.trackRejection = function trackRejection(promise, reason, handled, context) {
  if (!handled) {
    pending.set(promise, { reason, context, number: ++lastNumber });
    host.rejection();
  } else if (!pending.delete(promise) && reported.has(promise)) {
    const id = reported.get(promise);
    reported.delete(promise);
    const warning = new Error(`Promise rejection was handled asynchronously (rejection id: ${id})`);
    late.push([promise, Object.assign(warning, { name: 'PromiseRejectionHandledWarning', id })]);
    host.rejection();
  }
};

/** A value's text without running any code of the program. */
function plainText(value) {
  if (typeof value === 'object' && value !== null) {
    if (internal.types.isProxy(value)) return '#<Object>';
    if (Array.isArray(value)) return '[object Array]';
    return internal.isError(value) ? Error.prototype.toString.call(value) : `#<${value.constructor?.name ?? 'Object'}>`;
  }
  return String(value);
}

const isObject = (value) => typeof value === 'object' && value !== null;
const isErrorLike = (reason) => isObject(reason) && Object.hasOwn(reason, 'stack');

/** What promises were rejected with, by the errors that are thrown in its place. */
const reasons = new WeakMap();

/** What the program itself threw, or rejected with, where `error` is what became of it. */
internal.thrownFor = (error) => (isObject(error) && reasons.has(error) ? reasons.get(error) : error);

/** What is thrown of a rejection that nobody handles. */
function errorOf(reason) {
  if (isErrorLike(reason)) return reason;
  const error = new Error(
    'This error originated either by throwing inside of an async function without a catch block, or by rejecting ' +
    `a promise which was not handled with .catch(). The promise rejected with the reason "${plainText(reason)}".`);
  error.code = 'ERR_UNHANDLED_REJECTION';
  error.name = 'UnhandledPromiseRejection';
  reasons.set(error, reason);
  return error;
}

function warnOf({ reason, number }) {
  const { process } = internal;
  const name = 'UnhandledPromiseRejectionWarning';
  const warning = new Error(
    'Unhandled promise rejection. This error originated either by throwing inside of an async function without a catch block, ' +
    'or by rejecting a promise which was not handled with .catch(). To terminate the node process on unhandled promise ' +
    'rejection, use the CLI flag `--unhandled-rejections=strict` (see ' +
    `https://nodejs.org/api/cli.html#cli_unhandled_rejections_mode). (rejection id: ${number})`);
  warning.name = name;
  try {
    if (isErrorLike(reason)) {
      warning.stack = reason.stack;
      process.emitWarning(reason.stack, name);
    } else {
      process.emitWarning(plainText(reason), name);
    }
  } catch {
    try {
      process.emitWarning(plainText(reason), name);
    } catch {
      // there is nothing to say
    }
  }
  process.emitWarning(warning);
}

/** What is done of a rejection that nobody handles: `emit` tells whether a listener took it. */
const MODES = {
  'none': (rejection, emit) => { emit(); },
  'warn': (rejection, emit) => {
    emit();
    warnOf(rejection);
  },
  'strict': (rejection, emit) => {
    internal.onUncaught(errorOf(rejection.reason), true);
    if (!emit()) warnOf(rejection);
  },
  'throw': (rejection, emit) => {
    if (!emit()) internal.onUncaught(errorOf(rejection.reason), true);
  },
  'warn-with-error-code': (rejection, emit) => {
    if (emit()) return;
    warnOf(rejection);
    internal.process.exitCode = 1;
  },
};
const judge = MODES[host.unhandledRejections ?? 'throw'];

function emitRejection(promise, reason) {
  internal.handlingUncaught = true;
  try {
    return internal.process.emit('unhandledRejection', reason, promise);
  } finally {
    internal.handlingUncaught = false;
  }
}

internal.processRejections = function processRejections() {
  let acted = late.length > 0;
  current[0] = undefined;
  while (late.length > 0) {
    const [promise, warning] = late.shift();
    if (!internal.process.emit('rejectionHandled', promise)) internal.process.emitWarning(warning);
  }
  const rejections = pending;
  pending = new Map();
  for (const [promise, rejection] of rejections) {
    current[0] = rejection.context;
    reported.set(promise, rejection.number);
    acted = true;
    judge(rejection, () => emitRejection(promise, rejection.reason));
  }
  return acted || pending.size > 0;
};
