// `describe`, `test` and hooks in the style of Jest and Vitest. A file's tests are collected first, so
// that `only` holds for all of them, and then handed to `node:test`, which runs and reports them.

const { clocks } = internal;

/** What a suite collects until it is handed over. */
class Collected {
  constructor(name, mode, fn) {
    Object.assign(this, { name, mode, fn, entries: [], hooks: [], ready: undefined, place: internal.topPlace(new Error()) });
  }

  get hasOnly() {
    return this.entries.some((entry) => entry.mode === 'only' || (entry instanceof Collected && entry.hasOnly));
  }
}

// --- names of tables ------------------------------------------------------------------------------

/** `%s`, `%d`, `%j`, `%p`, `%#`, `%%` by the row's values, then `$name` by its properties. */
function titleOf(title, row, index) {
  const values = Array.isArray(row) ? [...row] : [row];
  let used = 0;
  const text = title.replace(/%([sdifjop#%])/g, (all, kind) => {
    if (kind === '%') return '%';
    if (kind === '#') return String(index);
    if (used >= values.length) return all;
    const value = values[used++];
    if (kind === 'p') return internal.jestRequire('pretty-format').format(value, { maxDepth: 1, min: true });
    return internal.format(`%${kind}`, value);
  });
  const [first] = values;
  return text.replace(/\$#/g, String(index)).replace(/\$([\w.]+)/g, (all, path) => {
    if (typeof first !== 'object' || first === null || !(path.split('.')[0] in first)) return all;
    const value = path.split('.').reduce((object, key) => object?.[key], first);
    return typeof value === 'string' ? value : internal.jestRequire('pretty-format').format(value, { maxDepth: 1, min: true });
  });
}

/** The rows of `each`: a list, or a template whose first line names the columns. */
function rowsOf(table, values) {
  if (!Object.hasOwn(table, 'raw')) return [...table];
  const columns = table[0].split('|').map((column) => column.trim());
  const rows = [];
  for (let i = 0; i < values.length; i += columns.length) {
    rows.push(Object.fromEntries(columns.map((column, at) => [column, values[i + at]])));
  }
  return rows;
}

function eachOf(define) {
  return (table, ...values) => {
    const rows = rowsOf(table, values);
    return (title, fn, timeout) => {
      rows.forEach((row, index) => {
        const args = Array.isArray(row) ? row : [row];
        define(titleOf(title, row, index), typeof fn === 'function' ? () => fn(...args) : fn, timeout);
      });
    };
  };
}

// --- running ----------------------------------------------------------------------------------------

/** A promise of what `fn` does, rejected when that takes longer than `timeout` of the loop's time,
    whatever clock is installed. */
function withTimeout(run, timeout, what) {
  return new Promise((resolve, reject) => {
    const timer = clocks.withLoop(() => internal.timers.setTimeout(
      () => reject(new Error(`${what} did not end within ${timeout} ms`)), timeout));
    const end = (settle) => (value) => {
      clocks.withLoop(() => timer.close());
      settle(value);
    };
    try {
      Promise.resolve(run()).then(end(resolve), end(reject));
    } catch (error) {
      end(reject)(error);
    }
  });
}

/** The function's promise; one with a parameter is given `done`, as Jest does. */
function callWithDone(fn) {
  if (fn.length === 0) return fn();
  return new Promise((resolve, reject) => {
    const done = (error) => (error ? reject(error) : resolve());
    done.fail = (error) => reject(error instanceof Error ? error : new Error(String(error)));
    Promise.resolve(fn(done)).catch(reject);
  });
}

/** Makes the functions. `around(fn, name)` runs a test's function, `call(fn)` a function of the
    program's. Where `narrows`, an `only` inside a suite that is the only one leaves out its others. */
internal.makeTestFunctions = function makeTestFunctions({ around, call = callWithDone, narrows = false }) {
  const nodeTest = internal.builtIn('test');
  const root = new Collected('', undefined);
  let current = root;
  let isWaiting = false;
  let defaultTimeout = 5000;

  function wait() {
    if (isWaiting) return;
    isWaiting = true;
    internal.queueMicrotask(async () => {
      await settled(root);
      isWaiting = false;
      handOver(root, { hooks: [], isChosen: !root.hasOnly, isSkipped: false });
      internal.testPlace = undefined;
      root.entries.length = 0;
      root.hooks.length = 0;
    });
  }

  async function settled(suite) {
    await suite.ready;
    for (const entry of suite.entries) if (entry instanceof Collected) await settled(entry);
  }

  /** Runs a hook of the program's. */
  const runHook = ([name, fn, timeout]) => withTimeout(() => call(fn), timeout ?? defaultTimeout, `The hook ${name}`);

  /** Runs a test between the hooks of its suites: those before from outside in, those after from
      inside out, whatever failed. The first failure is the test's. */
  async function runBetween(hooks, run) {
    const failures = [];
    const attempt = async (work) => {
      try {
        await work();
      } catch (error) {
        failures.push(error);
      }
    };
    for (const one of hooks.filter(([name]) => name === 'beforeEach')) if (failures.length === 0) await attempt(() => runHook(one));
    if (failures.length === 0) await attempt(run);
    for (const one of hooks.filter(([name]) => name === 'afterEach').reverse()) await attempt(() => runHook(one));
    if (failures.length > 0) throw failures[0];
  }

  function handOver(suite, from) {
    for (const one of suite.hooks) {
      const [name] = one;
      if (name === 'beforeAll') nodeTest.before(() => runHook(one));
      if (name === 'afterAll') nodeTest.after(() => runHook(one));
    }
    const hooks = [...from.hooks, ...suite.hooks];
    for (const entry of suite.entries) {
      const isOnly = entry.mode === 'only';
      const isSkipped = from.isSkipped || entry.mode === 'skip';
      const options = entry.mode === 'todo' ? { todo: true } : {};
      internal.testPlace = entry.place; // what `node:test` shows as the test's location
      if (entry instanceof Collected) {
        const isChosen = isOnly ? !(narrows && entry.hasOnly) : from.isChosen;
        nodeTest.describe(entry.name, options, () => handOver(entry, { hooks, isChosen, isSkipped }));
        continue;
      }
      if (isSkipped || (!from.isChosen && !isOnly)) options.skip = true;
      const { name, fn, timeout, fails } = entry;
      const body = () => withTimeout(() => around(fn, name), timeout ?? defaultTimeout, 'The test');
      const run = () => runBetween(hooks, fails ? () => mustFail(body) : body);
      nodeTest.it(name, options, fn === undefined ? undefined : run);
    }
  }

  const hook = (name) => (fn, timeout) => {
    current.hooks.push([name, fn, timeout]);
    wait();
  };

  function addTest(mode, fails) {
    return (name, fn, options) => {
      if (typeof fn === 'object' && fn !== null) [fn, options] = [options, fn];
      if (typeof name === 'function') name = name.name;
      const own = typeof options === 'number' ? { timeout: options } : options ?? {};
      const ownMode = ['skip', 'only', 'todo'].find((word) => own[word]);
      current.entries.push({ name: String(name), mode: ownMode ?? mode, fn, timeout: own.timeout, fails: fails || own.fails, place: internal.topPlace(new Error()) });
      wait();
    };
  }

  function addSuite(mode) {
    return (name, fn, options) => {
      if (typeof fn === 'object' && fn !== null) [fn, options] = [options, fn];
      if (typeof name === 'function') name = name.name;
      const suite = new Collected(String(name), mode, fn);
      current.entries.push(suite);
      const before = current;
      current = suite;
      try {
        suite.ready = fn?.();
      } finally {
        current = before;
      }
      wait();
    };
  }

  const withWords = (add) => {
    const word = (mode, fails) => Object.assign(add(mode, fails), { each: eachOf(add(mode, fails)) });
    const plain = word();
    return Object.assign(plain, {
      skip: word('skip'), only: word('only'), todo: word('todo'), concurrent: word(), sequential: word(),
      skipIf: (condition) => (condition ? word('skip') : word()),
      runIf: (condition) => (condition ? word() : word('skip')),
    });
  };
  const test = withWords(addTest);
  for (const of of [test, test.skip, test.only]) {
    const failing = addTest(of === test.skip ? 'skip' : of === test.only ? 'only' : undefined, true);
    of.fails = of.failing = Object.assign(failing, { each: eachOf(failing) });
  }
  const describe = withWords(addSuite);
  return {
    test, it: test, describe, suite: describe, beforeAll: hook('beforeAll'), afterAll: hook('afterAll'), beforeEach: hook('beforeEach'),
    afterEach: hook('afterEach'), setDefaultTimeout(ms) { defaultTimeout = ms; },
  };
};

async function mustFail(run) {
  try {
    await run();
  } catch {
    return;
  }
  throw new Error('The test was expected to fail, and passed');
}

internal.callWithDone = callWithDone;
