// `AbortController`, `AbortSignal`, and the error that Node's own functions reject with.

const { Event, EventTarget } = internal;
const signals = new WeakMap();
const secret = Symbol('constructs');
const customInspect = Symbol.for('nodejs.util.inspect.custom');

class AbortError extends Error {
  constructor(message = 'The operation was aborted', options = undefined) {
    super(message, options);
    this.code = 'ABORT_ERR';
    this.name = 'AbortError';
  }
}

class AbortSignal extends EventTarget {
  constructor(key) {
    if (key !== secret) throw internal.codedError(TypeError, 'ERR_ILLEGAL_CONSTRUCTOR', 'Illegal constructor');
    super();
    signals.set(this, { aborted: false, reason: undefined, onabort: null, dependents: [] });
  }
  get aborted() { return signals.get(this).aborted; }
  get reason() { return signals.get(this).reason; }
  get onabort() { return signals.get(this).onabort; }
  set onabort(listener) {
    const of = signals.get(this);
    if (of.onabort) this.removeEventListener('abort', of.onabort);
    of.onabort = typeof listener === 'function' ? listener : null;
    if (of.onabort) this.addEventListener('abort', of.onabort);
  }
  throwIfAborted() { if (this.aborted) throw this.reason; }

  static abort(reason = new DOMException('This operation was aborted', 'AbortError')) {
    const signal = new AbortSignal(secret);
    Object.assign(signals.get(signal), { aborted: true, reason });
    return signal;
  }

  /** Does not keep the loop alive. */
  static timeout(delay) {
    internal.validateNumber(delay, 'delay');
    if (!Number.isInteger(delay)) throw internal.outOfRange('delay', 'an integer', delay);
    if (delay < 0 || delay > 2 ** 32 - 1) throw internal.outOfRange('delay', '>= 0 && <= 4294967295', delay);
    const signal = new AbortSignal(secret);
    internal.startTimer(
      () => abort(signal, new DOMException('The operation was aborted due to timeout', 'TimeoutError')), delay, { ref: false });
    return signal;
  }

  static any(sources) {
    const signal = new AbortSignal(secret);
    for (const source of sources) {
      if (source.aborted) {
        Object.assign(signals.get(signal), { aborted: true, reason: source.reason });
        return signal;
      }
    }
    for (const source of sources) signals.get(source).dependents.push(signal);
    return signal;
  }

  [customInspect](depth, options) {
    return showAs(this, { aborted: this.aborted }, depth, options);
  }
}
Object.defineProperty(AbortSignal.prototype, Symbol.toStringTag, { value: 'AbortSignal', configurable: true });

function abort(signal, reason) {
  const of = signals.get(signal);
  if (of.aborted) return;
  of.aborted = true;
  of.reason = reason;
  signal.dispatchEvent(new Event('abort'));
  for (const dependent of of.dependents) abort(dependent, reason);
}

const controllers = new WeakMap();

class AbortController {
  constructor() { controllers.set(this, new AbortSignal(secret)); }
  get signal() { return controllers.get(this); }
  abort(reason = new DOMException('This operation was aborted', 'AbortError')) { abort(controllers.get(this), reason); }
  [customInspect](depth, options) {
    return showAs(this, { signal: this.signal }, depth, options);
  }
}
Object.defineProperty(AbortController.prototype, Symbol.toStringTag, { value: 'AbortController', configurable: true });
for (const [Class, names] of [[AbortController, ['signal', 'abort']], [AbortSignal, ['aborted', 'reason', 'throwIfAborted', 'onabort']]]) {
  for (const name of names) Object.defineProperty(Class.prototype, name, { enumerable: true });
}

function showAs(self, shown, depth, options) {
  if (depth < 0) return self;
  const next = { ...options, depth: options.depth == null ? null : options.depth - 1 };
  return `${self.constructor.name} ${internal.inspect(shown, next)}`;
}

/** Throws unless `value` is a signal. */
internal.validateAbortSignal = function validateAbortSignal(value, name) {
  if (typeof value !== 'object' || value === null || !('aborted' in value)) {
    throw internal.invalidArgType(name, 'an instance of AbortSignal', value);
  }
};

/** `util.aborted`: settles when the signal aborts. */
async function aborted(signal, resource) {
  if (signal === undefined) throw internal.invalidArgType('signal', 'an instance of AbortSignal', signal);
  internal.validateAbortSignal(signal, 'signal');
  if (typeof resource !== 'function') internal.validateObject(resource, 'resource');
  if (signal.aborted) return undefined;
  return new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}

internal.abortModule = {
  AbortController,
  AbortSignal,
  aborted,
  transferableAbortController: internal.refuser('util.transferableAbortController'),
  transferableAbortSignal: internal.refuser('util.transferableAbortSignal'),
};
Object.assign(internal, { AbortController, AbortSignal, AbortError });
