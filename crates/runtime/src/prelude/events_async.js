// `events.once`, `events.on` and `events.addAbortListener`.

const { kResistStopPropagation } = internal.eventTargetModule;
const asyncIteratorPrototype = Object.getPrototypeOf(Object.getPrototypeOf(async function* () {}).prototype);
const result = (value, done) => ({ value, done });

/** An option of Node's own iterators: the event's first argument alone is what they give. */
const kFirstEventParam = Symbol('kFirstEventParam');
internal.kFirstEventParam = kFirstEventParam;

function listen(emitter, name, listener, options) {
  if (typeof emitter.on === 'function') {
    if (options?.once) emitter.once(name, listener);
    else emitter.on(name, listener);
  } else if (typeof emitter.addEventListener === 'function') {
    emitter.addEventListener(name, listener, options);
  } else {
    throw internal.invalidArgType('emitter', 'an instance of EventEmitter', emitter);
  }
}

function stopListening(emitter, name, listener) {
  if (typeof emitter.removeListener === 'function') emitter.removeListener(name, listener);
  else if (typeof emitter.removeEventListener === 'function') emitter.removeEventListener(name, listener);
  else throw internal.invalidArgType('emitter', 'an instance of EventEmitter', emitter);
}

function checkSignal(signal) {
  if (signal !== undefined) internal.validateAbortSignal(signal, 'options.signal');
  if (signal?.aborted) throw new internal.AbortError(undefined, { cause: signal.reason });
}

/** A promise of the next event, rejected by an `error` event. */
async function once(emitter, name, options = {}) {
  const signal = options?.signal;
  checkSignal(signal);
  return new Promise((resolve, reject) => {
    const onError = (error) => {
      emitter.removeListener(name, onEvent);
      if (signal != null) stopListening(signal, 'abort', onAbort);
      reject(error);
    };
    const onEvent = (...args) => {
      if (typeof emitter.removeListener === 'function') emitter.removeListener('error', onError);
      if (signal != null) stopListening(signal, 'abort', onAbort);
      resolve(args);
    };
    const onAbort = () => {
      stopListening(emitter, name, onEvent);
      stopListening(emitter, 'error', onError);
      reject(new internal.AbortError(undefined, { cause: signal.reason }));
    };
    const inner = { once: true, [kResistStopPropagation]: true };
    listen(emitter, name, onEvent, inner);
    // Targets have no `error` events of this meaning.
    if (name !== 'error' && typeof emitter.once === 'function') emitter.once('error', onError);
    if (signal != null) listen(signal, 'abort', onAbort, inner);
  });
}

/** An async iterator over the events of one name. */
function on(emitter, name, options = {}) {
  const { signal } = options;
  checkSignal(signal);
  const high = options.highWaterMark ?? options.highWatermark ?? Number.MAX_SAFE_INTEGER;
  validateMark(high, 'options.highWaterMark');
  const low = options.lowWaterMark ?? options.lowWatermark ?? 1;
  validateMark(low, 'options.lowWaterMark');
  const events = [];
  const waiting = [];
  const listening = [];
  let failure = null;
  let finished = false;
  let paused = false;

  const iterator = Object.setPrototypeOf({
    next() {
      if (events.length > 0) {
        const value = events.shift();
        if (paused && events.length < low) {
          emitter.resume();
          paused = false;
        }
        return Promise.resolve(result(value, false));
      }
      if (failure) {
        const rejected = Promise.reject(failure);
        failure = null;
        return rejected;
      }
      if (finished) return close();
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
    return: () => close(),
    throw(error) {
      if (!(error instanceof Error)) throw internal.invalidArgType('EventEmitter.AsyncIterator', 'an instance of Error', error);
      onError(error);
    },
    [Symbol.asyncIterator]() { return this; },
  }, asyncIteratorPrototype);

  const hear = (event, listener) => {
    listen(emitter, event, listener);
    listening.push([event, listener]);
  };
  const isFirstOnly = options[kFirstEventParam];
  hear(name, (...args) => {
    if (isFirstOnly) [args] = args;
    if (waiting.length > 0) {
      waiting.shift().resolve(result(args, false));
      return;
    }
    events.push(args);
    if (!paused && events.length > high) {
      paused = true;
      emitter.pause();
    }
  });
  if (name !== 'error' && typeof emitter.on === 'function') hear('error', onError);
  for (const event of options.close ?? []) hear(event, close);
  const abort = signal ? addAbortListener(signal, () => onError(new internal.AbortError(undefined, { cause: signal.reason }))) : null;
  return iterator;

  function onError(error) {
    if (waiting.length === 0) failure = error;
    else waiting.shift().reject(error);
    close();
  }

  function close() {
    abort?.[Symbol.dispose ?? Symbol.for('nodejs.dispose')]();
    for (const [event, listener] of listening.splice(0).reverse()) stopListening(emitter, event, listener);
    finished = true;
    const done = result(undefined, true);
    for (const { resolve } of waiting.splice(0)) resolve(done);
    return Promise.resolve(done);
  }
}

function validateMark(value, name) {
  internal.validateNumber(value, name);
  if (!Number.isInteger(value)) throw internal.outOfRange(name, 'an integer', value);
  if (value < 1) throw internal.outOfRange(name, `>= 1 && <= ${Number.MAX_SAFE_INTEGER}`, value);
}

/** Listens for an abort, whoever stops the event; gives what ends that. */
function addAbortListener(signal, listener) {
  if (signal === undefined) throw internal.invalidArgType('signal', 'an instance of AbortSignal', signal);
  internal.validateAbortSignal(signal, 'signal');
  internal.validateFunction(listener, 'listener');
  let remove;
  if (signal.aborted) {
    internal.queueMicrotask(() => listener());
  } else {
    signal.addEventListener('abort', listener, { once: true, [kResistStopPropagation]: true });
    remove = () => signal.removeEventListener('abort', listener);
  }
  return { __proto__: null, [Symbol.dispose ?? Symbol.for('nodejs.dispose')]() { remove?.(); } };
}

internal.eventOnce = once;
internal.eventsOn = on;
internal.addAbortListener = addAbortListener;
