// `Event` and `CustomEvent`.

const kType = Symbol('type');
const kDetail = Symbol('detail');
const kTarget = Symbol('kTarget');
const kIsBeingDispatched = Symbol('kIsBeingDispatched');
const kStop = Symbol('kStop');
/** An option of events that the runtime itself makes. */
const kTrustEvent = Symbol('kTrustEvent');
const customInspect = Symbol.for('nodejs.util.inspect.custom');
const trusted = new WeakSet();

const invalidThis = (type) => internal.codedError(TypeError, 'ERR_INVALID_THIS', `Value of "this" must be of type ${type}`);

const missingArgs = (...names) => internal.codedError(
  TypeError, 'ERR_MISSING_ARGS',
  names.length === 1 ? `The "${names[0]}" argument must be specified` : `The ${names.map((name) => `"${name}"`).join(' and ')} arguments must be specified`);

/** Throws unless `event` is one. */
function check(event) {
  if (typeof event?.[kType] !== 'string') throw invalidThis('Event');
}

/** As the inspector of objects asks: the name, then what is inside, one level less deep. */
function show(self, shown, depth, options) {
  const { name } = self.constructor;
  if (depth < 0) return name;
  return `${name} ${internal.inspect(shown, { ...options, depth: Number.isInteger(options.depth) ? options.depth - 1 : options.depth })}`;
}

class Event {
  #cancelable = false;
  #bubbles = false;
  #composed = false;
  #defaultPrevented = false;
  #timestamp = host.nowNs() / 1e6;
  #propagationStopped = false;

  constructor(type, options = undefined) {
    if (arguments.length === 0) throw missingArgs('type');
    if (options != null) internal.validateObject(options, 'options');
    this.#bubbles = !!options?.bubbles;
    this.#cancelable = !!options?.cancelable;
    this.#composed = !!options?.composed;
    internal.hidden(this, kType, `${type}`);
    if (options?.[kTrustEvent]) trusted.add(this);
    internal.hidden(this, kTarget, null);
    internal.hidden(this, kIsBeingDispatched, false);
  }

  initEvent(type, bubbles = false, cancelable = false) {
    if (arguments.length === 0) throw missingArgs('type');
    if (this[kIsBeingDispatched]) return;
    this[kType] = `${type}`;
    this.#bubbles = !!bubbles;
    this.#cancelable = !!cancelable;
  }

  [customInspect](depth, options) {
    check(this);
    const shown = {
      type: this[kType], defaultPrevented: this.#defaultPrevented, cancelable: this.#cancelable, timeStamp: this.#timestamp,
    };
    return show(this, shown, depth, options);
  }

  stopImmediatePropagation() {
    check(this);
    this.stopPropagation();
    internal.hidden(this, kStop, true);
  }
  preventDefault() { check(this); this.#defaultPrevented = true; }
  get target() { check(this); return this[kTarget]; }
  get currentTarget() { check(this); return this[kIsBeingDispatched] ? this[kTarget] : null; }
  get srcElement() { check(this); return this[kTarget]; }
  get type() { check(this); return this[kType]; }
  get cancelable() { check(this); return this.#cancelable; }
  get defaultPrevented() { check(this); return this.#cancelable && this.#defaultPrevented; }
  get timeStamp() { check(this); return this.#timestamp; }
  composedPath() { check(this); return this[kIsBeingDispatched] ? [this[kTarget]] : []; }
  get returnValue() { check(this); return !this.#cancelable || !this.#defaultPrevented; }
  get bubbles() { check(this); return this.#bubbles; }
  get composed() { check(this); return this.#composed; }
  get eventPhase() { check(this); return this[kIsBeingDispatched] ? Event.AT_TARGET : Event.NONE; }
  get cancelBubble() { check(this); return this.#propagationStopped; }
  set cancelBubble(value) {
    check(this);
    if (value) this.#propagationStopped = true;
  }
  stopPropagation() { check(this); this.#propagationStopped = true; }
}

function enumerable(object, names) {
  for (const name of names) Object.defineProperty(object, name, { __proto__: null, enumerable: true });
}

function tagged(prototype, tag) {
  Object.defineProperty(prototype, Symbol.toStringTag, { __proto__: null, value: tag, configurable: true });
}

tagged(Event.prototype, 'Event');
enumerable(Event.prototype, [
  'initEvent', 'stopImmediatePropagation', 'preventDefault', 'target', 'currentTarget', 'srcElement', 'type', 'cancelable',
  'defaultPrevented', 'timeStamp', 'composedPath', 'returnValue', 'bubbles', 'composed', 'eventPhase', 'cancelBubble',
  'stopPropagation',
]);
const { get } = Object.getOwnPropertyDescriptor({ get isTrusted() { return trusted.has(this); } }, 'isTrusted');
Object.defineProperty(Event.prototype, 'isTrusted', { __proto__: null, get, enumerable: true });
for (const [value, name] of ['NONE', 'CAPTURING_PHASE', 'AT_TARGET', 'BUBBLING_PHASE'].entries()) {
  Object.defineProperty(Event, name, { __proto__: null, value, enumerable: true });
}

class CustomEvent extends Event {
  constructor(type, options = {}) {
    if (arguments.length === 0) throw missingArgs('type');
    super(type, options);
    internal.hidden(this, kDetail, options?.detail ?? null);
  }

  get detail() {
    if (typeof this?.[kType] !== 'string' || this[kDetail] === undefined) throw invalidThis('CustomEvent');
    return this[kDetail];
  }
}
tagged(CustomEvent.prototype, 'CustomEvent');
enumerable(CustomEvent.prototype, ['detail']);

internal.Event = Event;
internal.CustomEvent = CustomEvent;
internal.eventParts = {
  kTarget, kIsBeingDispatched, kStop, kTrustEvent, invalidThis, missingArgs, show, enumerable, tagged,
};
