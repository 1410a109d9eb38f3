// `AsyncResource`, and who runs, as far as Node's test runner asks: it finds the test that a callback
// belongs to by them. A scope is known while its function runs; what it left to run later is put to
// the scope that was entered last. A program's own `AsyncResource` is Node's, over `asyncIds`.

const current = internal.asyncContext;
const hooks = new Set();
const scopes = [];
let lastId = 1;
let lastEntered = 0;

// Named for what V8 shows of the functions that they call.
function runTest(fn, self, args) { return Reflect.apply(fn, self, args); }
function runSuite(fn, self, args) { return Reflect.apply(fn, self, args); }

class AsyncResource {
  #id = ++lastId;
  #context = current[0];

  constructor(type) {
    for (const hook of hooks) hook.init?.(this.#id, type, scopes.at(-1) ?? 0, this);
  }

  asyncId() { return this.#id; }
  triggerAsyncId() { return 0; }
  emitDestroy() { return this; }

  runInAsyncScope(fn, self, ...args) {
    const outer = current[0];
    current[0] = this.#context;
    lastEntered = this.#id;
    scopes.push(this.#id);
    try {
      return (self?.constructor.name === 'SuiteContext' ? runSuite : runTest)(fn, self, args);
    } finally {
      scopes.pop();
      this.#context = current[0];
      current[0] = outer;
    }
  }

  bind(fn) {
    return (...args) => this.runInAsyncScope(fn, undefined, ...args);
  }
}

internal.asyncScopes = {
  AsyncResource,
  createHook(hook) {
    return {
      enable() { hooks.add(hook); },
      disable() { hooks.delete(hook); },
    };
  },
  executionAsyncId: () => scopes.at(-1) ?? (internal.handlingUncaught ? lastEntered : 0),
};

// What Node's library asks of `internal/async_hooks`: ids that nobody looks at, and the context of a
// resource, which is entered before its function and left behind it.
const ASYNC_ID = Symbol('async_id_symbol');
const CONTEXT = Symbol('context');
/** Resources that are entered, each behind the context outside. */
const entered = [];
internal.asyncIds = {
  asyncWrap: { Providers: {} },
  constants: {},
  destroyHooksExist: () => false,
  emitAfter() {
    const resource = entered.pop();
    internal.hidden(resource, CONTEXT, current[0]);
    current[0] = entered.pop();
  },
  emitBefore(id, trigger, resource) {
    entered.push(current[0], resource);
    current[0] = resource[CONTEXT];
  },
  emitDestroy() {},
  emitInit(id, type, trigger, resource) { internal.hidden(resource, CONTEXT, current[0]); },
  enabledHooksExist: () => current[0] !== undefined,
  getDefaultTriggerAsyncId: () => 1,
  hasAsyncIdStack: () => entered.length > 0,
  initHooksExist: () => true,
  newAsyncId: () => ++lastId,
  getOrSetAsyncId: (object) => (object[ASYNC_ID] ??= ++lastId),
  defaultTriggerAsyncIdScope: (id, run, ...args) => run(...args),
  symbols: {
    async_id_symbol: ASYNC_ID,
    owner_symbol: Symbol('owner_symbol'),
    trigger_async_id_symbol: Symbol('trigger_async_id_symbol'),
  },
};
