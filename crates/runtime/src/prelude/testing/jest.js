// `@jest/globals` and `vitest`: Jest's own `expect` and mock functions, the runtime's clock, and tests
// that `node:test` runs.

const { expect, JestAssertionError } = internal.jestRequire('expect');
const { ModuleMocker } = internal.jestRequire('jest-mock');
const { clocks } = internal;
const mocker = new ModuleMocker(globalThis);

// --- matchers ----------------------------------------------------------------------------------------

const refuseMatcher = (name) => () => { throw internal.refuse(`expect(…).${name}`); };
expect.extend(Object.fromEntries([
  'toMatchSnapshot', 'toMatchInlineSnapshot', 'toThrowErrorMatchingSnapshot', 'toThrowErrorMatchingInlineSnapshot',
  'toMatchFileSnapshot',
].map((name) => [name, refuseMatcher(name)])));

const shown = (value) => internal.jestRequire('jest-matcher-utils').stringify(value);
const matcher = (test, words) => function match(received, ...expected) {
  const pass = Boolean(test.call(this, received, ...expected));
  return { pass, message: () => `expected ${shown(received)} ${this.isNot ? 'not ' : ''}${words(...expected)}` };
};

/** Vitest's beyond Jest's. */
const VITEST_MATCHERS = {
  toBeTypeOf: matcher((value, type) => typeof value === type, (type) => `to be of the type ${type}`),
  toBeOneOf: matcher(function isOneOf(value, list) { return [...list].some((one) => this.equals(value, one)); }, (list) => `to be one of ${shown(list)}`),
  toSatisfy: matcher((value, predicate) => predicate(value), () => 'to satisfy the predicate'),
  toHaveBeenCalledOnce: matcher((mock) => mock.mock.calls.length === 1, () => 'to have been called once'),
  toHaveBeenCalledExactlyOnceWith: matcher(
    function isOnlyCall(mock, ...args) { return mock.mock.calls.length === 1 && this.equals(mock.mock.calls[0], args); },
    (...args) => `to have been called exactly once, with ${shown(args)}`),
};

/** Runs a test's function, and holds it to what it said of its assertions. */
async function around(run, name) {
  expect.setState({
    assertionCalls: 0, currentTestName: name, expectedAssertionsNumber: null, isExpectingAssertions: false,
    suppressedErrors: [], testPath: internal.process.argv[1],
  });
  await run();
  const [failed] = expect.extractExpectedAssertionsErrors();
  if (failed !== undefined) throw failed.error;
}

// --- what both objects have ----------------------------------------------------------------------------

function mockControls() {
  return {
    fn: mocker.fn.bind(mocker),
    spyOn: mocker.spyOn.bind(mocker),
    isMockFunction: (value) => mocker.isMockFunction(value),
    mocked: (value) => value,
    clearAllMocks() { mocker.clearAllMocks(); return this; },
    resetAllMocks() { mocker.resetAllMocks(); return this; },
    restoreAllMocks() { mocker.restoreAllMocks(); return this; },
  };
}

function refused(name, object, words) {
  for (const word of words) object[word] = internal.refuser(`${name}.${word}`);
  return object;
}

// --- Jest ------------------------------------------------------------------------------------------------

function makeJest(setDefaultTimeout) {
  return refused('jest', {
    ...mockControls(),
    ...internal.timerControls('jest'),
    replaceProperty: mocker.replaceProperty.bind(mocker),
    useFakeTimers({ now, doNotFake, timerLimit, advanceTimers, legacyFakeTimers } = {}) {
      if (legacyFakeTimers) throw internal.refuse('jest.useFakeTimers with legacyFakeTimers');
      clocks.installed()?.uninstall();
      clocks.install({
        now: now ?? clocks.real.wallMs(), toNotFake: doNotFake, loopLimit: timerLimit ?? 100_000, shouldAdvanceTime: Boolean(advanceTimers),
        advanceTimeDelta: typeof advanceTimers === 'number' ? advanceTimers : undefined,
      });
      return this;
    },
    runAllImmediates() { return this.advanceTimersByTime(0); },
    now: () => (clocks.installed() === null ? clocks.real.wallMs() : clocks.installed().now),
    setTimeout(ms) { setDefaultTimeout(ms); return this; },
  }, [
    'mock', 'unmock', 'doMock', 'dontMock', 'setMock', 'requireActual', 'requireMock', 'resetModules', 'isolateModules',
    'isolateModulesAsync', 'enableAutomock', 'disableAutomock', 'createMockFromModule', 'retryTimes', 'unstable_mockModule',
  ]);
}

Object.defineProperty(internal, 'jestGlobals', {
  __proto__: null,
  configurable: true,
  enumerable: true,
  get() {
    const { setDefaultTimeout, suite, ...functions } = internal.makeTestFunctions({
      around: (fn, name) => around(() => internal.callWithDone(fn), name),
      narrows: true,
    });
    const exports = {
      ...functions, fit: functions.test.only, xit: functions.test.skip, xtest: functions.test.skip, fdescribe: functions.describe.only,
      xdescribe: functions.describe.skip, expect, jest: makeJest(setDefaultTimeout),
    };
    Object.defineProperty(internal, 'jestGlobals', { __proto__: null, value: exports });
    return exports;
  },
});

// --- Vitest ----------------------------------------------------------------------------------------------

/** Asks again and again, in the loop's time or in that of the clock that is installed, until `check`
    neither throws nor gives what `isDone` refuses. */
async function poll(check, isDone, options) {
  const { timeout = 1000, interval = 50 } = typeof options === 'number' ? { timeout: options } : options ?? {};
  const begun = clocks.real.nowNs();
  for (;;) {
    let failure;
    try {
      const value = await check();
      if (isDone(value)) return value;
    } catch (error) {
      failure = error;
    }
    if (clocks.real.nowNs() - begun >= timeout * 1e6) throw failure ?? new Error('Timed out in waitUntil!');
    clocks.installed()?.tick(interval);
    await new Promise((resolve) => clocks.withLoop(() => internal.timers.setTimeout(resolve, interval)));
  }
}

function makeVi(setDefaultTimeout) {
  const stubs = new Map();
  const environment = new Map();
  return refused('vi', {
    ...mockControls(),
    ...internal.timerControls('vi'),
    useFakeTimers({ now, toFake, toNotFake, loopLimit, shouldAdvanceTime, advanceTimeDelta } = {}) {
      clocks.installed()?.uninstall();
      clocks.install({ now: now ?? clocks.real.wallMs(), toFake, toNotFake, loopLimit: loopLimit ?? 10_000, shouldAdvanceTime, advanceTimeDelta });
      return this;
    },
    isFakeTimers: () => clocks.installed() !== null,
    getMockedSystemTime: () => (clocks.installed() === null ? null : new Date(clocks.installed().now)),
    hoisted: (make) => make(),
    stubGlobal(name, value) {
      if (!stubs.has(name)) stubs.set(name, Object.getOwnPropertyDescriptor(globalThis, name));
      Object.defineProperty(globalThis, name, { __proto__: null, value, writable: true, configurable: true, enumerable: true });
      return this;
    },
    unstubAllGlobals() {
      for (const [name, before] of stubs) {
        if (before === undefined) delete globalThis[name];
        else Object.defineProperty(globalThis, name, before);
      }
      stubs.clear();
      return this;
    },
    stubEnv(name, value) {
      const { env } = internal.process;
      if (!environment.has(name)) environment.set(name, env[name]);
      if (value === undefined) delete env[name];
      else env[name] = String(value);
      return this;
    },
    unstubAllEnvs() {
      const { env } = internal.process;
      for (const [name, before] of environment) {
        if (before === undefined) delete env[name];
        else env[name] = before;
      }
      environment.clear();
      return this;
    },
    waitFor: (check, options) => poll(check, () => true, options),
    waitUntil: (check, options) => poll(check, Boolean, options),
    setConfig({ testTimeout } = {}) { if (testTimeout !== undefined) setDefaultTimeout(testTimeout); },
  }, ['mock', 'doMock', 'unmock', 'doUnmock', 'importActual', 'importMock', 'resetModules', 'dynamicImportSettled', 'mockObject']);
}

Object.defineProperty(internal, 'vitest', {
  __proto__: null,
  configurable: true,
  enumerable: true,
  get() {
    expect.extend(VITEST_MATCHERS);
    expect.unreachable ??= (message = 'expected this not to be reached') => { throw new JestAssertionError(message); };
    const { setDefaultTimeout, ...functions } = internal.makeTestFunctions({
      around(fn, name) {
        const cleanUps = [];
        const context = { expect, task: { name }, onTestFinished: (cleanUp) => cleanUps.push(cleanUp) };
        const run = async () => {
          try {
            await fn(context);
          } finally {
            for (const cleanUp of cleanUps.reverse()) await cleanUp();
          }
        };
        return around(run, name);
      },
      call: (fn) => fn({}),
    });
    const vi = makeVi(setDefaultTimeout);
    const exports = refused('vitest', { ...functions, expect, vi, vitest: vi }, ['assert', 'bench', 'chai', 'expectTypeOf', 'assertType', 'inject', 'createExpect']);
    Object.defineProperty(internal, 'vitest', { __proto__: null, value: exports });
    return exports;
  },
});

/** The names that Vitest and Jest put on the global object where they are told to. */
Object.defineProperty(internal, 'vitestGlobals', {
  __proto__: null,
  configurable: true,
  enumerable: true,
  get() {
    const { test, it, describe, suite, beforeAll, afterAll, beforeEach, afterEach, vi } = internal.vitest;
    return Object.assign(globalThis, { test, it, describe, suite, beforeAll, afterAll, beforeEach, afterEach, expect, vi });
  },
});
