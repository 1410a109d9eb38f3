// `console`.

const { Math, Object } = internal.intrinsics;
const OPTIONS = {};
const counts = new Map();
const times = new Map();
let indentation = '';

function print(descriptor, text) {
  if (indentation !== '') text = indentation + text.replaceAll('\n', `\n${indentation}`);
  const { process } = internal;
  const stream = descriptor === 1 ? process.stdout : process.stderr;
  if (stream._writableState === undefined) stream.write(`${text}\n`);
  else internal.writeQuietly(stream, `${text}\n`);
}

/** A text alone is not formatted. */
const text = (args) =>
  (args.length === 1 && typeof args[0] === 'string' ? args[0] : internal.formatWithOptions(OPTIONS, args));

function formatTime(ms) {
  const seconds = ms / 1000;
  if (seconds >= 60) {
    const pad = (number, width = 2) => String(number).padStart(width, '0');
    const hours = Math.floor(seconds / 3600);
    const minutes = Math.floor((seconds % 3600) / 60);
    const [whole, thousandths] = (seconds % 60).toFixed(3).split('.');
    return `${hours !== 0 ? `${hours}:${pad(minutes)}` : minutes}:${pad(whole)}.${thousandths} (${hours !== 0 ? 'h:m' : ''}m:ss.mmm)`;
  }
  if (seconds >= 1) return `${seconds.toFixed(3)}s`;
  return `${Number(ms.toFixed(3))}ms`;
}

function logTime(method, label, data = []) {
  const begun = times.get(label);
  if (begun === undefined) {
    internal.process.emitWarning(`No such label '${label}' for console.${method}()`);
    return false;
  }
  console.log('%s: %s', label, formatTime((host.nowNs() - begun) / 1e6), ...data);
  return true;
}

const console = {
  __proto__: {},
  log(...args) { print(1, text(args)); },
  warn(...args) { print(2, text(args)); },
  dir(value, options) { print(1, internal.inspect(value, { customInspect: false, ...options })); },
  time(label = 'default') {
    label = `${label}`;
    if (times.has(label)) internal.process.emitWarning(`Label '${label}' already exists for console.time()`);
    else times.set(label, host.nowNs());
  },
  timeEnd(label = 'default') { if (logTime('timeEnd', `${label}`)) times.delete(`${label}`); },
  timeLog(label = 'default', ...data) { logTime('timeLog', `${label}`, data); },
  trace(...args) {
    const error = { name: 'Trace', message: text(args) };
    Error.captureStackTrace(error, console.trace);
    console.error(error.stack);
  },
  assert(expression, ...args) {
    if (expression) return;
    args[0] = `Assertion failed${args.length === 0 ? '' : `: ${args[0]}`}`;
    console.warn(...args);
  },
  clear() {
    if (!internal.process.stdout.isTTY) return;
    adopt();
    console.clear();
  },
  count(label = 'default') {
    label = `${label}`;
    const count = (counts.get(label) ?? 0) + 1;
    counts.set(label, count);
    console.log(`${label}: ${count}`);
  },
  countReset(label = 'default') {
    if (!counts.delete(`${label}`)) internal.process.emitWarning(`Count for '${label}' does not exist`);
  },
  group(...data) {
    if (data.length > 0) console.log(...data);
    indentation += '  ';
  },
  groupEnd() { indentation = indentation.slice(0, -2); },
  table(data, properties) {
    adopt();
    console.table(data, properties);
  },
};
console.debug = console.log;
console.info = console.log;
console.dirxml = console.log;
console.error = console.warn;
console.groupCollapsed = console.group;
for (const name of ['debug', 'info', 'dirxml', 'error', 'groupCollapsed']) {
  const method = console[name];
  console[name] = { [name](...args) { return method(...args); } }[name];
}
// Without an inspector these do nothing in Node either.
for (const name of ['profile', 'profileEnd', 'timeStamp']) console[name] = { [name]() {} }[name];
Object.defineProperty(console, Symbol.toStringTag, { __proto__: null, value: 'console', configurable: true });

const original = { ...console };

/** Node's own console from now on. */
function adopt() {
  for (const name of INSIDE) delete console[name];
  internal.adoptConsole(console, (name) => original[name] === undefined || console[name] === original[name], { counts, times, indentation });
}

const INSIDE = ['Console', '_stdout', '_stderr', '_times', '_ignoreErrors', '_stdoutErrorHandler', '_stderrErrorHandler'];
for (const name of INSIDE) {
  Object.defineProperty(console, name, {
    __proto__: null,
    get() {
      adopt();
      return console[name];
    },
    set(value) {
      adopt();
      console[name] = value;
    },
    configurable: true,
    enumerable: name === 'Console',
  });
}

/** For what the runtime itself tells on stderr. */
internal.consoleError = (words) => print(2, words);
internal.console = console;
internal.hidden(globalThis, 'console', console);
