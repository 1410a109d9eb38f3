// `async_hooks`: `AsyncLocalStorage` over the async context, and Node's own `AsyncResource`.

const current = internal.asyncContext;
const { AsyncResource } = internal.nodeOriginal('async_hooks');
const { is } = Object;
const { apply } = Reflect;

/** A context with another store, or none, for one storage. */
function withStore(context, storage, store) {
  if (store === undefined && context?.get(storage) === undefined) return context;
  const changed = new Map(context);
  if (store === undefined) changed.delete(storage);
  else changed.set(storage, store);
  return changed.size === 0 ? undefined : changed;
}

function setStore(storage, store) { current[0] = withStore(current[0], storage, store); }

let isFollowing = false;

/** From the first storage on contexts are followed through promises. */
function followPromises() {
  if (isFollowing) return;
  isFollowing = true;
  const { prototype } = Promise;
  const [get, resolve] = host.followPromises(current, Promise);
  Object.defineProperty(get, 'name', { __proto__: null, value: 'get constructor' });
  Object.defineProperty(resolve, 'name', { __proto__: null, value: 'resolve' });
  internal.hidden(Promise, 'resolve', resolve);
  internal.constructorIn = (descriptor) => (descriptor?.get === get ? Promise : descriptor?.value);
  Object.defineProperty(prototype, 'constructor', {
    __proto__: null,
    get,
    set(value) {
      Object.defineProperty(this, 'constructor', {
        __proto__: null,
        value, writable: true, configurable: true, enumerable: this !== prototype,
      });
    },
    configurable: true,
    enumerable: false,
  });
}

class AsyncLocalStorage {
  /** The store that is hidden while `exit` runs. */
  #hidden;

  constructor() {
    followPromises();
    this.kResourceStore = Symbol('kResourceStore');
    this.enabled = false;
  }

  static bind(fn) { return AsyncResource.bind(fn); }
  static snapshot() { return AsyncLocalStorage.bind((callback, ...args) => callback(...args)); }

  disable() {
    if (!this.enabled) return;
    this.enabled = false;
    setStore(this, undefined);
  }

  _enable() {
    if (this.enabled) return;
    this.enabled = true;
    if (this.#hidden !== undefined && this.getStore() === undefined) setStore(this, this.#hidden);
  }

  enterWith(store) {
    this._enable();
    setStore(this, store);
  }

  run(store, callback, ...args) {
    if (is(store, this.getStore())) return apply(callback, null, args);
    this._enable();
    const outer = current[0];
    const inner = withStore(outer, this, store);
    current[0] = inner;
    try {
      return apply(callback, null, args);
    } finally {
      if (current[0] === inner) current[0] = outer;
      else setStore(this, outer?.get(this)); // other storages keep what it made of theirs
    }
  }

  exit(callback, ...args) {
    if (!this.enabled) return apply(callback, null, args);
    const outer = this.#hidden;
    this.#hidden = this.getStore();
    this.disable();
    try {
      return apply(callback, null, args);
    } finally {
      this._enable();
      this.#hidden = outer;
    }
  }

  getStore() { return this.enabled ? current[0]?.get(this) : undefined; }
}

internal.asyncHooks = { AsyncLocalStorage, AsyncResource };
