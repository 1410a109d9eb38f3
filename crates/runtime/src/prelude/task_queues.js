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

/** Rejected without a handler since the last look: promise → reason and context. */
let pending = new Map();
/** Reported; a handler may still come. */
const reported = new WeakSet();
/** A handler came late. */
let late = [];

internal.trackRejection = function trackRejection(promise, reason, handled, context) {
  if (!handled) {
    pending.set(promise, [reason, context]);
    host.rejection();
  } else if (!pending.delete(promise) && reported.delete(promise)) {
    late.push(promise);
    host.rejection();
  }
};

function rejectionError(reason) {
  const error = new Error(
    'This error originated either by throwing inside of an async function without a catch block, or by rejecting ' +
    `a promise which was not handled with .catch(). The promise rejected with the reason "${plainText(reason)}".`);
  error.code = 'ERR_UNHANDLED_REJECTION';
  error.name = 'UnhandledPromiseRejection';
  return error;
}

/** A value's text without running any code of the program. */
function plainText(value) {
  if (typeof value === 'object' && value !== null) {
    if (Array.isArray(value)) return '[object Array]';
    return internal.isError(value) ? Error.prototype.toString.call(value) : `#<${value.constructor?.name ?? 'Object'}>`;
  }
  return String(value);
}

internal.processRejections = function processRejections() {
  let acted = late.length > 0;
  current[0] = undefined;
  for (const promise of late.splice(0)) {
    if (!internal.process.emit('rejectionHandled', promise)) {
      const warning = new Error('Promise rejection was handled asynchronously');
      warning.name = 'PromiseRejectionHandledWarning';
      internal.process.emitWarning(warning);
    }
  }
  const rejections = pending;
  pending = new Map();
  for (const [promise, [reason, context]] of rejections) {
    current[0] = context;
    reported.add(promise);
    acted = true;
    internal.handlingUncaught = true;
    const isHandled = internal.process.emit('unhandledRejection', reason, promise);
    internal.handlingUncaught = false;
    if (!isHandled) {
      const isErrorLike = typeof reason === 'object' && reason !== null && Object.hasOwn(reason, 'stack');
      internal.onUncaught(isErrorLike ? reason : rejectionError(reason), true);
    }
  }
  return acted || pending.size > 0;
};
