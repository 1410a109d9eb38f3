// `Event` and `EventTarget`, as far as AbortSignal and programs with targets of their own need.

const state = new WeakMap();

/** An option of listeners of Node's own: they hear of an event that was stopped too. */
const kResistStopPropagation = Symbol('kResistStopPropagation');

class Event {
  constructor(type, options = undefined) {
    if (arguments.length === 0) throw internal.codedError(TypeError, 'ERR_MISSING_ARGS', 'The "type" argument must be specified');
    state.set(this, {
      type: `${type}`, bubbles: !!options?.bubbles, cancelable: !!options?.cancelable, composed: !!options?.composed,
      target: null, prevented: false, stopped: false, dispatched: false, timeStamp: host.nowNs() / 1e6,
    });
  }
  get type() { return state.get(this).type; }
  get target() { return state.get(this).target; }
  get srcElement() { return state.get(this).target; }
  get currentTarget() { return state.get(this).dispatched ? state.get(this).target : null; }
  get bubbles() { return state.get(this).bubbles; }
  get cancelable() { return state.get(this).cancelable; }
  get composed() { return state.get(this).composed; }
  get defaultPrevented() { return state.get(this).cancelable && state.get(this).prevented; }
  get returnValue() { return !this.defaultPrevented; }
  get timeStamp() { return state.get(this).timeStamp; }
  get eventPhase() { return state.get(this).dispatched ? Event.AT_TARGET : Event.NONE; }
  get isTrusted() { return false; }
  composedPath() { return state.get(this).dispatched ? [state.get(this).target] : []; }
  preventDefault() { state.get(this).prevented = true; }
  stopPropagation() {}
  stopImmediatePropagation() { state.get(this).stopped = true; }
}
Object.assign(Event, { NONE: 0, CAPTURING_PHASE: 1, AT_TARGET: 2, BUBBLING_PHASE: 3 });
Object.defineProperty(Event.prototype, Symbol.toStringTag, { value: 'Event', configurable: true });

class CustomEvent extends Event {
  #detail;
  constructor(type, options = undefined) {
    if (arguments.length === 0) throw internal.codedError(TypeError, 'ERR_MISSING_ARGS', 'The "type" argument must be specified');
    super(type, options);
    this.#detail = options?.detail ?? null;
  }
  get detail() { return this.#detail; }
}
Object.defineProperty(CustomEvent.prototype, Symbol.toStringTag, { value: 'CustomEvent', configurable: true });

const listeners = new WeakMap();
const listOf = (target, type) => {
  let types = listeners.get(target);
  if (types === undefined) listeners.set(target, (types = new Map()));
  if (!types.has(type)) types.set(type, []);
  return types.get(type);
};

class EventTarget {
  addEventListener(type, listener, options = undefined) {
    if (listener == null) return;
    if (typeof listener !== 'function' && typeof listener !== 'object') {
      throw internal.invalidArgType('listener', 'an instance of EventListener', listener);
    }
    const { once = false, capture = false, signal } = typeof options === 'boolean' ? { capture: options } : options ?? {};
    if (signal?.aborted) return;
    const list = listOf(this, `${type}`);
    if (list.some((entry) => entry.listener === listener && entry.capture === !!capture)) return;
    list.push({ listener, once: !!once, capture: !!capture, resists: !!options?.[kResistStopPropagation] });
    signal?.addEventListener('abort', () => this.removeEventListener(type, listener, options), { once: true });
  }

  removeEventListener(type, listener, options = undefined) {
    const capture = typeof options === 'boolean' ? options : !!options?.capture;
    const list = listOf(this, `${type}`);
    const at = list.findIndex((entry) => entry.listener === listener && entry.capture === capture);
    if (at !== -1) list.splice(at, 1);
  }

  dispatchEvent(event) {
    if (!(event instanceof Event)) throw internal.invalidArgType('event', 'an instance of Event', event);
    const of = state.get(event);
    if (of.dispatched) {
      throw internal.codedError(Error, 'ERR_EVENT_RECURSION', `The event "${of.type}" is already being dispatched`);
    }
    of.target = this;
    of.dispatched = true;
    for (const entry of listOf(this, of.type).slice()) {
      if (of.stopped && !entry.resists) continue;
      if (!listOf(this, of.type).includes(entry)) continue;
      if (entry.once) this.removeEventListener(of.type, entry.listener, entry.capture);
      try {
        const { listener } = entry;
        const result = typeof listener === 'function' ? listener.call(this, event) : listener.handleEvent?.(event);
        of.dispatched = false; // after the first listener, as in Node
        if (result != null && typeof result.then === 'function') {
          result.then(undefined, (error) => internal.process.nextTick(() => { throw error; }));
        }
      } catch (error) {
        internal.process.nextTick(() => { throw error; });
      }
    }
    of.dispatched = false;
    return !event.defaultPrevented;
  }
}
for (const name of ['addEventListener', 'removeEventListener', 'dispatchEvent']) {
  Object.defineProperty(EventTarget.prototype, name, { enumerable: true });
}
Object.defineProperty(EventTarget.prototype, Symbol.toStringTag, { value: 'EventTarget', configurable: true });

/** A class that emits events as well. */
function EventEmitterMixin(Base) {
  const { EventEmitter } = internal;
  class MixedEventEmitter extends Base {
    constructor(...args) {
      super(...args);
      EventEmitter.call(this);
    }
  }
  const { constructor, ...methods } = Object.getOwnPropertyDescriptors(EventEmitter.prototype);
  Object.defineProperties(MixedEventEmitter.prototype, methods);
  return MixedEventEmitter;
}

internal.isEventTarget = (value) => value instanceof EventTarget;
internal.targetListeners = (target, type) => (listeners.get(target)?.get(type) ?? []).map((entry) => entry.listener);
internal.eventTargetModule = { EventEmitterMixin, Event, EventTarget, kResistStopPropagation, kWeakHandler: Symbol('kWeak') };
internal.Event = Event;
internal.CustomEvent = CustomEvent;
internal.EventTarget = EventTarget;
