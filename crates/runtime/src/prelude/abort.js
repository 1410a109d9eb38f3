// `AbortController`, `AbortSignal`, and the error that Node's own functions reject with.

const { Event, EventTarget } = internal;
const { defineEventHandler, kResistStopPropagation, kTrustEvent } = internal.eventTargetModule;
const { enumerable, invalidThis, tagged } = internal.eventParts;
const customInspect = Symbol.for('nodejs.util.inspect.custom');
const kAborted = Symbol('kAborted');
const kReason = Symbol('kReason');
/** The signals that this one aborts, or, of one that others abort, those others. */
const kDependantSignals = Symbol('kDependantSignals');
const kSourceSignals = Symbol('kSourceSignals');

class AbortError extends Error {
  constructor(message = 'The operation was aborted', options = undefined) {
    super(message, options);
    this.code = 'ABORT_ERR';
    this.name = 'AbortError';
  }
}

function check(signal) {
  if (signal?.[kAborted] === undefined) throw invalidThis('AbortSignal');
}

class AbortSignal extends EventTarget {
  constructor() { throw internal.codedError(TypeError, 'ERR_ILLEGAL_CONSTRUCTOR', 'Illegal constructor'); }

  get aborted() { check(this); return !!this[kAborted]; }
  get reason() { check(this); return this[kReason]; }
  throwIfAborted() { check(this); if (this[kAborted]) throw this[kReason]; }

  [customInspect](depth, options) {
    return showAs(this, { aborted: this.aborted }, depth, options);
  }

  static abort(reason = new DOMException('This operation was aborted', 'AbortError')) {
    return makeSignal(true, reason);
  }

  /** Does not keep the loop alive. */
  static timeout(delay) {
    internal.validateNumber(delay, 'delay');
    if (!Number.isInteger(delay)) throw internal.outOfRange('delay', 'an integer', delay);
    if (delay < 0 || delay > 2 ** 32 - 1) throw internal.outOfRange('delay', '>= 0 && <= 4294967295', delay);
    const signal = makeSignal();
    internal.startTimer(
      () => abort(signal, new DOMException('The operation was aborted due to timeout', 'TimeoutError')), delay, { ref: false });
    return signal;
  }

  static any(signals) {
    if (!Array.isArray(signals)) throw internal.invalidArgType('signals', 'an instance of Array', signals);
    signals.forEach((signal, i) => internal.validateAbortSignal(signal, `signals[${i}]`));
    const result = makeSignal();
    internal.hidden(result, kSourceSignals, new Set());
    for (const signal of signals) {
      if (signal.aborted) {
        abort(result, signal.reason);
        return result;
      }
      // What others abort waits for those others, so that an abort comes to all in their order.
      for (const source of signal[kSourceSignals] ?? [signal]) {
        if (result[kSourceSignals].has(source)) continue;
        result[kSourceSignals].add(source);
        if (source[kDependantSignals] === undefined) internal.hidden(source, kDependantSignals, new Set());
        source[kDependantSignals].add(result);
      }
    }
    return result;
  }
}
enumerable(AbortSignal.prototype, ['aborted']);
tagged(AbortSignal.prototype, 'AbortSignal');
defineEventHandler(AbortSignal.prototype, 'abort');

function makeSignal(aborted = false, reason = undefined) {
  const signal = Object.setPrototypeOf(new EventTarget(), AbortSignal.prototype);
  internal.hidden(signal, kAborted, aborted);
  internal.hidden(signal, kReason, reason);
  return signal;
}

function abort(signal, reason) {
  if (signal[kAborted]) return;
  signal[kAborted] = true;
  signal[kReason] = reason;
  signal.dispatchEvent(new Event('abort', { [kTrustEvent]: true }));
  signal[kDependantSignals]?.forEach((dependant) => abort(dependant, reason));
}

class AbortController {
  #signal;

  get signal() { return this.#signal ??= makeSignal(); }
  abort(reason = new DOMException('This operation was aborted', 'AbortError')) { abort(this.#signal ??= makeSignal(), reason); }
  [customInspect](depth, options) {
    return showAs(this, { signal: this.signal }, depth, options);
  }
}
enumerable(AbortController.prototype, ['signal', 'abort']);
tagged(AbortController.prototype, 'AbortController');

function showAs(self, shown, depth, options) {
  if (depth < 0) return self;
  const next = { ...options, depth: options.depth === null ? null : options.depth - 1 };
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
  return new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true, [kResistStopPropagation]: true }));
}

internal.abortModule = {
  AbortController,
  AbortSignal,
  aborted,
  transferableAbortController: internal.refuser('util.transferableAbortController'),
  transferableAbortSignal: internal.refuser('util.transferableAbortSignal'),
};
Object.assign(internal, { AbortController, AbortSignal, AbortError });
