// `events.EventEmitterAsyncResource`: an emitter whose listeners run in the context in which it was made.

const { EventEmitter } = internal;
const { AsyncResource } = internal.asyncHooks;
const kAsyncResource = Symbol('kAsyncResource');

class EventEmitterReferencingAsyncResource extends AsyncResource {
  #eventEmitter;

  constructor(emitter, type, options) {
    super(type, options);
    this.#eventEmitter = emitter;
  }

  get eventEmitter() { return this.#eventEmitter; }
}

function resourceOf(emitter) {
  const resource = emitter[kAsyncResource];
  if (resource !== undefined) return resource;
  throw internal.codedError(TypeError, 'ERR_INVALID_THIS', 'Value of "this" must be of type EventEmitterAsyncResource');
}

internal.EventEmitterAsyncResource = class EventEmitterAsyncResource extends EventEmitter {
  constructor(options = undefined) {
    let name;
    if (typeof options === 'string') {
      name = options;
      options = undefined;
    } else {
      if (new.target === EventEmitterAsyncResource) internal.validateString(options?.name, 'options.name');
      name = options?.name || new.target.name;
    }
    super(options);
    this[kAsyncResource] = new EventEmitterReferencingAsyncResource(this, name, options);
  }

  emit(event, ...args) { return resourceOf(this).runInAsyncScope(super.emit, this, event, ...args); }
  emitDestroy() { resourceOf(this).emitDestroy(); }
  get asyncId() { return resourceOf(this).asyncId(); }
  get triggerAsyncId() { return resourceOf(this).triggerAsyncId(); }
  get asyncResource() { return resourceOf(this); }
};
