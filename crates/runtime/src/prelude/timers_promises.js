// `timers/promises`.

const { Timeout, Immediate } = internal;
const { clearTimeout, clearInterval, clearImmediate } = internal.timers;

function checkOptions(options) {
  internal.validateObject(options, 'options');
  if (options.signal !== undefined) internal.validateAbortSignal(options.signal, 'options.signal');
  if (options.ref !== undefined) internal.validateBoolean(options.ref, 'options.ref');
}

/** A promise of `begin(resolve)`, rejected and taken back when the signal aborts. */
function cancellable(signal, begin, cancel) {
  if (signal?.aborted) return Promise.reject(new internal.AbortError(undefined, { cause: signal.reason }));
  let onAbort;
  const promise = new Promise((resolve, reject) => {
    const handle = begin(resolve);
    if (signal) {
      onAbort = () => {
        if (handle._destroyed) return;
        cancel(handle);
        reject(new internal.AbortError(undefined, { cause: signal.reason }));
      };
      signal.addEventListener('abort', onAbort);
    }
  });
  return signal ? promise.finally(() => signal.removeEventListener('abort', onAbort)) : promise;
}

const secret = Symbol('constructs');

class Scheduler {
  constructor(key) {
    if (key !== secret) throw internal.codedError(TypeError, 'ERR_ILLEGAL_CONSTRUCTOR', 'Illegal constructor');
  }

  yield() {
    checkScheduler(this);
    return promises.setImmediate();
  }

  wait(delay, options) {
    checkScheduler(this);
    return promises.setTimeout(delay, undefined, options);
  }
}
const scheduler = new Scheduler(secret);

function checkScheduler(self) {
  if (self === scheduler) return;
  throw internal.codedError(TypeError, 'ERR_INVALID_THIS', 'Value of "this" must be of type Scheduler');
}

const promises = {
  setTimeout(after, value, options = {}) {
    try {
      if (after !== undefined) internal.validateNumber(after, 'delay');
      checkOptions(options);
    } catch (error) {
      return Promise.reject(error);
    }
    const { signal, ref = true } = options;
    return cancellable(signal, (resolve) => new Timeout(resolve, after, [value], false, ref), clearTimeout);
  },

  setImmediate(value, options = {}) {
    try {
      checkOptions(options);
    } catch (error) {
      return Promise.reject(error);
    }
    const { signal, ref = true } = options;
    const begin = (resolve) => {
      const immediate = new Immediate(resolve, [value]);
      return ref ? immediate : immediate.unref();
    };
    return cancellable(signal, begin, clearImmediate);
  },

  async* setInterval(after, value, options = {}) {
    if (after !== undefined) internal.validateNumber(after, 'delay');
    checkOptions(options);
    const { signal, ref = true } = options;
    if (signal?.aborted) throw new internal.AbortError(undefined, { cause: signal.reason });
    let due = 0;
    let wake;
    const interval = new Timeout(() => {
      due++;
      wake?.();
      wake = undefined;
    }, after, undefined, true, ref);
    const onAbort = () => {
      clearInterval(interval);
      wake?.(Promise.reject(new internal.AbortError(undefined, { cause: signal.reason })));
      wake = undefined;
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      while (!signal?.aborted) {
        if (due === 0) await new Promise((resolve) => { wake = resolve; });
        for (; due > 0; due--) yield value;
      }
      throw new internal.AbortError(undefined, { cause: signal?.reason });
    } finally {
      clearInterval(interval);
      signal?.removeEventListener('abort', onAbort);
    }
  },

  scheduler,
};

internal.timersPromises = promises;
