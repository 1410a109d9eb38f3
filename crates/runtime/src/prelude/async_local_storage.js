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
  Object.defineProperty(get, 'name', { value: 'get constructor' });
  Object.defineProperty(resolve, 'name', { value: 'resolve' });
  internal.hidden(Promise, 'resolve', resolve);
  internal.constructorIn = (descriptor) => (descriptor?.get === get ? Promise : descriptor?.value);
  Object.defineProperty(prototype, 'constructor', {
    get,
    set(value) {
      Object.defineProperty(this, 'constructor', {
        value, writable: true, configurable: true, enumerable: this !== prototype,
      });
    },
    configurable: true,
    enumerable: false,
  });
}

class AsyncLocalStorage {
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

  _enable() { this.enabled = true; }

  enterWith(store) {
    this._enable();
    setStore(this, store);
  }

  run(store, callback, ...args) {
    if (is(store, this.getStore())) return apply(callback, null, args);
    this._enable();
    return inside(this, store, callback, args);
  }

  exit(callback, ...args) {
    if (!this.enabled) return apply(callback, null, args);
    this.enabled = false;
    try {
      return inside(this, undefined, callback, args);
    } finally {
      this._enable();
    }
  }

  getStore() { return this.enabled ? current[0]?.get(this) : undefined; }
}

/** Calls a function with a store. Other storages keep what it makes of theirs. */
function inside(storage, store, callback, args) {
  const outer = current[0];
  const inner = withStore(outer, storage, store);
  current[0] = inner;
  try {
    return apply(callback, null, args);
  } finally {
    if (current[0] === inner) current[0] = outer;
    else setStore(storage, outer?.get(storage));
  }
}

internal.asyncHooks = { AsyncLocalStorage, AsyncResource };
