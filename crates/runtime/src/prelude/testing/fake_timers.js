// `@sinonjs/fake-timers`, and of `sinon` its clock, over the runtime's own.

const { clocks } = internal;

/** An object that refuses by name what it does not have. */
function refusing(name, object) {
  return new Proxy(object, {
    get(target, key, receiver) {
      if (Reflect.has(target, key) || typeof key === 'symbol' || key === 'then' || key === '__esModule') {
        return Reflect.get(target, key, receiver);
      }
      throw internal.unavailable(`${name}.${key}`);
    },
  });
}

internal.fakeTimersModule = refusing('@sinonjs/fake-timers', {
  install: (config = {}) => clocks.install(config),
  timers: { ...internal.timers, Date, hrtime: internal.process.hrtime },
});

internal.sinon = refusing('sinon', {
  /** A clock that begins at a time, or as a configuration says. */
  useFakeTimers(config = {}) {
    const isTime = typeof config === 'number' || config instanceof Date;
    internal.sinon.clock = clocks.install(isTime ? { now: config } : config);
    return internal.sinon.clock;
  },
  clock: undefined,
  restore() { internal.sinon.clock?.restore(); },
});
