// `EventTarget`: listeners of a type are a chain, which a dispatch walks as it is by then.

const { Event, EventEmitter } = internal;
const { kTarget, kIsBeingDispatched, kStop, kTrustEvent, invalidThis, missingArgs, show, enumerable, tagged } = internal.eventParts;
const { kMaxEventTargetListeners, kMaxEventTargetListenersWarned } = EventEmitter;
const customInspect = Symbol.for('nodejs.util.inspect.custom');
const kIsEventTarget = Symbol.for('nodejs.event_target');
const kEvents = Symbol('kEvents');
const kHandlers = Symbol('kHandlers');
/** An option of listeners of Node's own: they hear of an event that was stopped too. */
const kResistStopPropagation = Symbol('kResistStopPropagation');
/** An option of listeners that something else keeps; here a listener lives as long as its target. */
const kWeakHandler = Symbol('kWeak');

class Listener {
  next = undefined;
  isRemoved = false;

  constructor(previous, listener, { once, capture, resists }) {
    previous.next = this;
    Object.assign(this, { previous, listener, once, capture, resists });
    this.callback = typeof listener === 'function' ? listener : async (...args) => {
      if (listener.handleEvent) await Reflect.apply(listener.handleEvent, listener, args);
    };
  }

  isSame(listener, capture) { return this.listener === listener && this.capture === capture; }

  remove() {
    this.previous.next = this.next;
    if (this.next !== undefined) this.next.previous = this.previous;
    this.isRemoved = true;
  }
}

const isEventTarget = (value) => value?.constructor?.[kIsEventTarget];

function check(target) {
  if (!isEventTarget(target)) throw invalidThis('EventTarget');
}

function isListener(listener) {
  if (typeof listener === 'function' || typeof listener === 'object') return listener !== null;
  if (listener === undefined) return false;
  throw internal.invalidArgType('listener', 'an instance of EventListener', listener);
}

function readOptions(options) {
  if (typeof options === 'boolean') return { once: false, capture: options, resists: false };
  if (options === null || options === undefined) return { once: false, capture: false, resists: false };
  if (typeof options !== 'object' && typeof options !== 'function') throw internal.invalidArgType('options', 'of type object', options);
  return {
    once: !!options.once, capture: !!options.capture, resists: !!options[kResistStopPropagation], signal: options.signal,
  };
}

function warn(name, message, properties) {
  const warning = Object.assign(new Error(message), properties);
  internal.hidden(warning, 'name', name);
  internal.process.emitWarning(warning);
}

/** Tells, once, of more listeners than there should be. */
function checkCount(target, type, { size }) {
  const limit = target[kMaxEventTargetListeners];
  if (!(limit > 0) || size <= limit || target[kMaxEventTargetListenersWarned]) return;
  target[kMaxEventTargetListenersWarned] = true;
  warn(
    'MaxListenersExceededWarning',
    `Possible EventTarget memory leak detected. ${size} ${type} listeners added to ` +
    `${internal.inspect(target, { depth: -1 })}. MaxListeners is ${limit}. Use events.setMaxListeners() to increase limit`,
    { target, type, count: size });
}

const throwLater = (error) => internal.process.nextTick(() => { throw error; });

function initEventTarget(target) {
  internal.hidden(target, kEvents, new Map());
  internal.hidden(target, kMaxEventTargetListeners, EventEmitter.defaultMaxListeners);
  internal.hidden(target, kMaxEventTargetListenersWarned, false);
}

class EventTarget {
  static [kIsEventTarget] = true;

  constructor() { initEventTarget(this); }

  addEventListener(type, listener, options = {}) {
    check(this);
    if (arguments.length < 2) throw missingArgs('type', 'listener');
    const read = readOptions(options);
    const { signal } = read;
    if (signal !== undefined) internal.validateAbortSignal(signal, 'options.signal');
    if (signal?.aborted) return;
    signal?.addEventListener(
      'abort', () => this.removeEventListener(type, listener, read), { once: true, [kResistStopPropagation]: true });
    if (!isListener(listener)) {
      warn(
        'AddEventListenerArgumentTypeWarning', `addEventListener called with ${listener} which has no effect.`, { target: this, type });
      return;
    }
    type = `${type}`;
    let root = this[kEvents].get(type);
    if (root === undefined) this[kEvents].set(type, (root = { size: 0, next: undefined, resists: false }));
    let last = root;
    while (last.next !== undefined) {
      last = last.next;
      if (last.isSame(listener, read.capture)) return;
    }
    new Listener(last, listener, read);
    root.size++;
    root.resists ||= read.resists;
    checkCount(this, type, root);
  }

  removeEventListener(type, listener, options = {}) {
    check(this);
    if (arguments.length < 2) throw missingArgs('type', 'listener');
    if (!isListener(listener)) return;
    type = `${type}`;
    const capture = options === true || options?.capture === true;
    const root = this[kEvents].get(type);
    for (let one = root?.next; one !== undefined; one = one.next) {
      if (!one.isSame(listener, capture)) continue;
      one.remove();
      if (--root.size === 0) this[kEvents].delete(type);
      return;
    }
  }

  dispatchEvent(event) {
    check(this);
    if (arguments.length < 1) throw missingArgs('event');
    if (!(event instanceof Event)) throw internal.invalidArgType('event', 'an instance of Event', event);
    const { type } = event;
    if (event[kIsBeingDispatched]) {
      throw internal.codedError(Error, 'ERR_EVENT_RECURSION', `The event "${type}" is already being dispatched`);
    }
    event[kTarget] = this;
    event[kIsBeingDispatched] = true;
    const root = this[kEvents].get(type);
    let next;
    for (let one = root?.next; one !== undefined && (root.resists || !event[kStop]); one = next) {
      ({ next } = one);
      if (one.isRemoved || (event[kStop] && !one.resists)) continue;
      if (one.once) {
        one.remove();
        root.size--;
      }
      try {
        const result = Reflect.apply(one.callback, this, [event]);
        event[kIsBeingDispatched] = false; // after the first listener, as in Node
        if (result !== undefined && result !== null) {
          const { then } = result;
          if (typeof then === 'function') Reflect.apply(then, result, [undefined, throwLater]);
        }
      } catch (error) {
        throwLater(error);
      }
    }
    event[kIsBeingDispatched] = false;
    return event.defaultPrevented !== true;
  }

  [customInspect](depth, options) {
    check(this);
    return show(this, {}, depth, options);
  }
}
enumerable(EventTarget.prototype, ['addEventListener', 'removeEventListener', 'dispatchEvent']);
tagged(EventTarget.prototype, 'EventTarget');

/** A property `onNAME` that holds one listener, which keeps its place when it is replaced. */
function defineEventHandler(prototype, name) {
  const property = `on${name}`;
  const handlersOf = (target) => {
    check(target);
    if (target[kHandlers] === undefined) internal.hidden(target, kHandlers, new Map());
    return target[kHandlers];
  };
  const { get, set } = Object.getOwnPropertyDescriptor({
    get [property]() { return handlersOf(this).get(name)?.handler ?? null; },
    set [property](value) {
      let wrapped = handlersOf(this).get(name);
      if (wrapped === undefined) {
        wrapped = function eventHandler(...args) {
          return typeof wrapped.handler === 'function' ? Reflect.apply(wrapped.handler, this, args) : undefined;
        };
        this.addEventListener(name, wrapped);
        handlersOf(this).set(name, wrapped);
      }
      wrapped.handler = value;
    },
  }, property);
  Object.defineProperty(prototype, property, { __proto__: null, get, set, configurable: true, enumerable: true });
}

/** A class that emits events as well. */
function EventEmitterMixin(Base) {
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

internal.isEventTarget = isEventTarget;
internal.targetListeners = function targetListeners(target, type) {
  const found = [];
  for (let one = target[kEvents]?.get(type)?.next; one !== undefined; one = one.next) found.push(one.listener);
  return found;
};
internal.eventTargetModule = {
  CustomEvent: internal.CustomEvent, EventEmitterMixin, Event, EventTarget, defineEventHandler, initEventTarget, isEventTarget, kEvents,
  kResistStopPropagation, kTrustEvent, kWeakHandler,
};
internal.EventTarget = EventTarget;
