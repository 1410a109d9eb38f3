// `require()` of ES modules, as Node 20.19 and later have it.

/** Files whose code is running now, below which other modules wait: CommonJS files that a module imports. */
const running = [];

/** Runs a CommonJS file for a module that imports it. */
internal.runImported = function runImported(file, run) {
  running.push(file);
  try {
    return run();
  } finally {
    running.pop();
  }
};

/** The file of a module that made itself a `require`, and when. */
let maker;

internal.requireMadeBy = function requireMadeBy(file) { maker = { file, at: host.callbacks() }; };

/** Whether a module's code is running now; that of one that made a `require` is, until its job is over. */
const isRunning = (file) => running.includes(file) || (maker?.file === file && maker.at === host.callbacks());

/** What is in the way of running the graph of modules below a file at once; undefined where nothing is. */
function hindrance(file, seen) {
  if (seen.has(file)) return undefined;
  seen.add(file);
  if (isRunning(file)) return 'cycle';
  if (host.formatOf(file) !== 'module') return undefined;
  const { awaits, specifiers } = host.importsOf(file);
  if (awaits) return 'await';
  for (const specifier of specifiers) {
    let imported;
    try {
      imported = internal.resolveImport(file, specifier);
    } catch {
      continue; // linking tells
    }
    const found = hindrance(imported, seen);
    if (found !== undefined) return found;
  }
  return undefined;
}

internal.requireCycle = (file, parent, more = '') => internal.codedError(
  Error, 'ERR_REQUIRE_CYCLE_MODULE',
  `Cannot require() ES Module ${file} in a cycle.${parent === undefined ? '' : ` (from ${parent})`}${more}`);

const CYCLE = ' A cycle involving require(esm) is not allowed to maintain invariants mandated by the ECMAScript specification. '
  + 'Try making at least part of the dependency in the graph lazily loaded.';

const AWAIT = 'require() cannot be used on an ESM graph with top-level await. Use import() instead. To see where the '
  + 'top-level await comes from, use --experimental-print-required-tla.';

/** What `require` gives of the ES module in a file, which `parent` asks for. */
internal.requireModule = function requireModule(file, parent) {
  const found = hindrance(file, new Set());
  if (found === 'cycle') throw internal.requireCycle(file, parent, CYCLE);
  if (found === 'await') {
    const from = parent === undefined ? '' : `\n  From ${parent} `;
    throw internal.codedError(Error, 'ERR_REQUIRE_ASYNC_MODULE', `${AWAIT}${from}\n  Requiring ${file} `);
  }
  const specifier = JSON.stringify(file);
  const { namespace } = evaluate(`export * as namespace from ${specifier};`);
  if (Object.hasOwn(namespace, 'module.exports')) return namespace['module.exports'];
  if (!Object.hasOwn(namespace, 'default') || Object.hasOwn(namespace, '__esModule')) return namespace;
  // Transpiled code takes what has `__esModule` for a module, and anything else for its default export.
  return evaluate(
    `export * from ${specifier}; export { default } from ${specifier}; export const __esModule = true;`);
};

/** What a module of this text exports. */
function evaluate(text) {
  const [promise, namespace] = host.evaluateModule(text);
  promise.catch(() => {});
  const [state, reason] = host.promiseState(promise);
  if (state === 'rejected') throw reason;
  return namespace;
}
