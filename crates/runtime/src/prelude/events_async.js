// `events.once` and `events.on`.

/** A promise of the next event, rejected by an `error` event. */
async function once(emitter, name, options) {
  const signal = options?.signal;
  if (signal?.aborted) throw new internal.AbortError(undefined, { cause: signal.reason });
  return new Promise((resolve, reject) => {
    const isTarget = typeof emitter.addEventListener === 'function' && typeof emitter.on !== 'function';
    const cleanUp = () => {
      if (isTarget) emitter.removeEventListener(name, onEvent);
      else {
        emitter.removeListener(name, onEvent);
        emitter.removeListener('error', onError);
      }
      signal?.removeEventListener('abort', onAbort);
    };
    const onEvent = (...args) => { cleanUp(); resolve(args); };
    const onError = (error) => { cleanUp(); reject(error); };
    const onAbort = () => { cleanUp(); reject(new internal.AbortError(undefined, { cause: signal.reason })); };
    if (isTarget) emitter.addEventListener(name, onEvent, { once: true });
    else {
      emitter.once(name, onEvent);
      if (name !== 'error') emitter.once('error', onError);
    }
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** An async iterator over the events of one name. */
function on(emitter, name, options) {
  const signal = options?.signal;
  if (signal?.aborted) throw new internal.AbortError(undefined, { cause: signal.reason });
  const events = [];
  const waiting = [];
  let failure = null;
  let finished = false;
  const result = (value, done) => ({ value, done });
  const iterator = {
    next() {
      if (events.length > 0) return Promise.resolve(result(events.shift(), false));
      if (failure) {
        const rejected = Promise.reject(failure);
        failure = null;
        return rejected;
      }
      if (finished) return Promise.resolve(result(undefined, true));
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
    return() {
      emitter.removeListener('error', onError);
      emitter.removeListener(name, onEvent);
      signal?.removeEventListener('abort', onAbort);
      finished = true;
      for (const { resolve } of waiting.splice(0)) resolve(result(undefined, true));
      return Promise.resolve(result(undefined, true));
    },
    throw(error) {
      failure = error;
      emitter.removeListener(name, onEvent);
      emitter.removeListener('error', onError);
    },
    [Symbol.asyncIterator]() { return this; },
  };
  const onEvent = (...args) => {
    const next = waiting.shift();
    if (next) next.resolve(result(args, false));
    else events.push(args);
  };
  const onError = (error) => {
    const next = waiting.shift();
    if (next) next.reject(error);
    else failure = error;
    iterator.return();
  };
  const onAbort = () => onError(new internal.AbortError(undefined, { cause: signal.reason }));
  emitter.on(name, onEvent);
  if (name !== 'error') emitter.on('error', onError);
  signal?.addEventListener('abort', onAbort, { once: true });
  return iterator;
}

internal.eventOnce = once;
internal.eventsOn = on;
