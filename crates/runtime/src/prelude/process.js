// `process`, and the way out: `exit` listeners, uncaught exceptions, exit codes.

const { Array, Math, Object, Reflect } = internal.intrinsics;
const { toWellFormed } = String.prototype;
const { isNaN } = internal.intrinsics.Number;
const { EventEmitter } = internal;
const VERSION = 'v20.20.2';

const prototype = Object.create(EventEmitter.prototype, {
  constructor: { value: function process() {}, writable: true, configurable: true },
});
prototype.constructor.prototype = prototype;
const process = Object.create(prototype);
EventEmitter.call(process);
internal.process = process;

function define(properties) {
  for (const [name, value] of Object.entries(properties)) {
    Object.defineProperty(process, name, { __proto__: null, value, writable: true, configurable: true, enumerable: true });
  }
}

// --- the clock ------------------------------------------------------------------------------

function hrtime(since) {
  const now = host.nowNs();
  let seconds = Math.floor(now / 1e9);
  let nanos = now % 1e9;
  if (since !== undefined) {
    if (!Array.isArray(since)) throw internal.invalidArgType('time', 'an instance of Array', since);
    if (since.length !== 2) throw internal.outOfRange('time', '2', since.length);
    seconds -= since[0];
    nanos -= since[1];
    if (nanos < 0) {
      seconds--;
      nanos += 1e9;
    }
  }
  return [seconds, nanos];
}
hrtime.bigint = function bigint() { return BigInt(host.nowNs()); };

// --- streams --------------------------------------------------------------------------------

/** Writes a text or bytes to a descriptor. */
internal.writeChunk = function writeChunk(descriptor, chunk, encoding) {
  if (typeof chunk === 'string' && (encoding === undefined || encoding === 'utf8' || encoding === 'utf-8' || encoding === 'buffer')) {
    host.write(descriptor, toWellFormed.call(chunk));
  } else {
    const bytes = typeof chunk === 'string' ? internal.nodeRequire('buffer').Buffer.from(chunk, encoding) : chunk;
    host.writeBytes(descriptor, bytes);
  }
};

/** What a stream can do, as far as `console` needs one. Once a program loads `stream`, stdout and
    stderr become Writables (`stdio.js`). */
const lightStream = Object.setPrototypeOf({
  write(chunk, encoding, callback) {
    if (typeof encoding === 'function') {
      callback = encoding;
      encoding = undefined;
    }
    if (typeof chunk !== 'string' && !ArrayBuffer.isView(chunk)) {
      throw internal.invalidArgType('chunk', 'of type string or an instance of Buffer, TypedArray, or DataView', chunk);
    }
    internal.writeChunk(this.fd, chunk, encoding);
    if (typeof callback === 'function') internal.nextTick(callback, null);
    return true;
  },
  end(chunk, encoding, callback) {
    if (chunk !== undefined && typeof chunk !== 'function') this.write(chunk, encoding, callback);
    return this;
  },
  cork() {},
  uncork() {},
}, EventEmitter.prototype);

function standardStream(fd) {
  const stream = Object.create(lightStream);
  EventEmitter.call(stream);
  return Object.assign(stream, { fd, writable: true });
}

// --- warnings -------------------------------------------------------------------------------

let hinted = false;
process.on('newListener', (name) => {
  if (name === 'multipleResolves') throw internal.refuse("process.on('multipleResolves')");
});

process.on('warning', (warning) => {
  if (!(warning instanceof Error)) return;
  const isDeprecation = warning.name === 'DeprecationWarning';
  if (isDeprecation && process.noDeprecation) return;
  const traces = process.traceProcessWarnings || (isDeprecation && process.traceDeprecation);
  let text = `(node:${process.pid}) ${warning.code ? `[${warning.code}] ` : ''}`;
  if (traces && warning.stack) text += warning.stack;
  else text += typeof warning.toString === 'function' ? `${warning.toString()}` : Error.prototype.toString.call(warning);
  if (typeof warning.detail === 'string') text += `\n${warning.detail}`;
  if (!traces && !hinted) {
    hinted = true;
    text += `\n(Use \`node ${isDeprecation ? '--trace-deprecation' : '--trace-warnings'} ...\` to show where the warning was created)`;
  }
  internal.consoleError(text);
});

function emitWarning(warning, type, code, constructor) {
  let detail;
  if (type !== null && typeof type === 'object' && !Array.isArray(type)) {
    if (typeof type.detail === 'string') ({ detail } = type);
    ({ code, type } = type);
    type ||= 'Warning';
  } else if (typeof type === 'function') {
    type = 'Warning';
    code = undefined;
  }
  if (type !== undefined) internal.validateString(type, 'type');
  if (typeof code === 'function') code = undefined;
  else if (code !== undefined) internal.validateString(code, 'code');
  if (typeof warning === 'string') {
    warning = new Error(warning);
    warning.name = String(type || 'Warning');
    if (code !== undefined) warning.code = code;
    if (detail !== undefined) warning.detail = detail;
  } else if (!(warning instanceof Error)) {
    throw internal.invalidArgType('warning', 'of type string or an instance of Error', warning);
  }
  if (warning.name === 'DeprecationWarning') {
    if (process.noDeprecation) return;
    if (process.throwDeprecation) {
      internal.nextTick(() => { throw warning; });
      return;
    }
  }
  if (warning.name === 'MaxListenersExceededWarning') host.found('leak', warning.message, internal.findingPlace(warning));
  internal.nextTick(() => process.emit('warning', warning));
}

// --- the end --------------------------------------------------------------------------------

let exitCode;
let captureFn = null;
let mainSettled = true;
process._exiting = false;
Object.defineProperty(process, 'exitCode', {
  __proto__: null,
  configurable: true,
  enumerable: true,
  get: () => exitCode,
  set(code) {
    if (code !== null && code !== undefined) {
      const number = typeof code === 'string' && code !== '' ? Number(code) : code;
      const value = isNaN(number) ? code : number;
      if (typeof value !== 'number') throw internal.invalidArgType('code', 'of type number', code);
      if (!Number.isInteger(value)) throw internal.outOfRange('code', 'an integer', value);
    }
    exitCode = code;
  },
});

/** The code as a parent process sees it. */
internal.exitCode = () => (Number(exitCode ?? 0) | 0) & 0xff;

/** Ends the program now. The loop never lets this return: the host interrupts it. */
function die() {
  host.exit(internal.exitCode());
  for (;;);
}

function exit(code) {
  if (arguments.length !== 0) process.exitCode = code;
  if (!process._exiting) {
    process._exiting = true;
    process.emit('exit', process.exitCode || 0);
    host.leaks();
  }
  die();
}

internal.emitBeforeExit = function emitBeforeExit() {
  internal.asyncContext[0] = undefined;
  process.emit('beforeExit', process.exitCode || 0);
};

internal.emitExit = function emitExit() {
  internal.asyncContext[0] = undefined;
  process._exiting = true;
  const code = process.exitCode || 0;
  if (!mainSettled) {
    process.exitCode ??= 13;
    const { file } = internal.main;
    host.write(2, `Warning: Detected unsettled top-level await at ${file}\n`);
    host.found('deadlock', 'nothing is left to happen, and a top-level await waits for it', file.slice(file.lastIndexOf('/') + 1));
  }
  internal.findUnsettled?.();
  process.emit('exit', code);
  host.leaks();
};

/** What a module misses of CommonJS is told of as such. */
function explainMissing(error) {
  if (!internal.isError(error) || ownValue(error, 'name') !== undefined || !(error instanceof ReferenceError)) return;
  const { message, stack } = error;
  const [, name] = /^(require|exports|module|__filename|__dirname) is not defined$/.exec(message) ?? [];
  if (name === undefined) return;
  let told = `${message} in ES module scope`;
  if (name === 'require') told += ', you can use import instead';
  const { file } = internal.main;
  const found = file.endsWith('.js') ? host.modulePackage(file) : undefined;
  if (found !== undefined) {
    told += "\nThis file is being treated as an ES module because it has a '.js' file extension and " +
      `'${found}' contains "type": "module". To treat it as a CommonJS script, rename it to use the '.cjs' file extension.`;
  }
  internal.hidden(error, 'message', told);
  internal.hidden(error, 'stack', String(stack).replace(message, () => told));
}

/** The main module's promise. */
internal.watchMain = function watchMain(promise) {
  mainSettled = false;
  promise.then(() => { mainSettled = true; }, (error) => {
    mainSettled = true;
    explainMissing(error);
    internal.onUncaught(error, true, 'uncaught');
  });
};

/** Whether an error is the engine's, which had no memory: then there may not even be any for an error. */
const isOutOfMemory = (error) => host.memoryRefused() && (error === null || internal.isInternalError(error));

internal.onUncaught = function onUncaught(error, fromPromise, kind = fromPromise ? 'rejection' : 'uncaught') {
  if (isOutOfMemory(error)) {
    host.outOfMemory();
    for (;;);
  }
  host.uncaught();
  const origin = fromPromise ? 'unhandledRejection' : 'uncaughtException';
  let handled;
  internal.handlingUncaught = true;
  try {
    process.emit('uncaughtExceptionMonitor', error, origin);
    if (captureFn !== null) {
      captureFn(error);
      handled = true;
    } else {
      handled = process.emit('uncaughtException', error, origin);
    }
  } catch (thrown) {
    tell('uncaught', thrown);
    process.exitCode = 7;
    die();
  } finally {
    internal.handlingUncaught = false;
  }
  if (handled) {
    // So that ticks are drained soon, as Node does it.
    internal.timers.setImmediate(() => {});
    return;
  }
  const refused = internal.refusedName(error);
  if (refused !== undefined) {
    host.refuse(refused, internal.shownPlace(error));
    for (;;);
  }
  if (!process._exiting) {
    process._exiting = true;
    process.exitCode = 1;
    try {
      process.emit('exit', 1);
    } catch {
      // the first error is the one to report
    }
  } else {
    process.exitCode ||= 1;
  }
  tell(kind, error);
  if (internal.isError(error) && ownValue(error, 'code') === 'ENOENT') {
    const path = ownValue(error, 'path');
    if (typeof path === 'string') host.missing(path.startsWith('/') ? path : `${folder}/${path}`);
  }
  die();
};

/** A property, without running the program's getters. */
const ownValue = (object, key) => internal.ownDescriptor(object, key)?.value;

/** Tells of the exception that ends the program. Where the program has replaced a built-in function by one that
    throws, it may be impossible to show. */
function tell(kind, error) {
  let place;
  let words = '';
  let text;
  try {
    place = internal.findingPlace(error);
    words = internal.headline(internal.thrownFor(error));
    text = toWellFormed.call(report(error));
  } catch (thrown) {
    if (isOutOfMemory(thrown)) throw thrown;
    text = `Uncaught error, which cannot be shown: ${internal.ownDescriptor(thrown, 'message')?.value}\n`;
  }
  host.found(kind, words, place);
  host.write(2, `${text}\nNode.js ${VERSION} (the rtest reference runtime)\n`);
}

/** The exception that ends the program, in Node's layout. */
function report(error) {
  const place = internal.topPlace(error);
  let text = '';
  if (place?.text) {
    text += `${place.file}:${place.line}\n${place.text}\n${' '.repeat(place.column - 1)}^\n\n`;
  }
  let shown;
  try {
    const isObject = (typeof error === 'object' && error !== null) || typeof error === 'function';
    shown = `${isObject && internal.isError(error) ? '' : 'Uncaught '}${internal.inspect(error)}`;
  } catch (thrown) {
    if (isOutOfMemory(thrown)) throw thrown;
    shown = `Uncaught ${internal.headline(error)}`; // a getter of the program's throws
  }
  return `${text}${shown}\n`;
}

// --- the rest -------------------------------------------------------------------------------

/** The user and group that own the simulated disk. */
const OWNER = 0;

let folder = host.folder;
function chdir(directory) {
  internal.validateString(directory, 'directory');
  const entered = internal.world.chdir(directory.toWellFormed());
  if (typeof entered === 'number') throw internal.nodeBinding('fs').uvException(entered, 'chdir', folder, directory);
  folder = entered;
}

let mask = 0o022;
function umask(next) {
  const before = mask;
  if (next !== undefined) {
    if (typeof next === 'string' && !/^[0-7]+$/.test(next)) {
      throw internal.codedError(TypeError, 'ERR_INVALID_ARG_VALUE',
                                `The argument 'mask' must be a 32-bit unsigned integer or an octal string. Received '${next}'`);
    }
    const bits = typeof next === 'string' ? Number.parseInt(next, 8) : next;
    internal.validateNumber(bits, 'mask');
    if (!Number.isInteger(bits)) throw internal.outOfRange('mask', 'an integer', bits);
    if (bits < 0 || bits > 2 ** 32 - 1) throw internal.outOfRange('mask', '>= 0 && <= 4294967295', bits);
    mask = bits & 0o777;
  }
  return before;
}

/** Ends the program as a signal does: without `exit` listeners, and with the code that a shell has of it. */
internal.dieOf = function dieOf(signal) {
  process.exitCode = 128 + signal;
  die();
};
const abort = () => internal.dieOf(6);

let warnsOfAssert = true;
function assert(condition, message) {
  if (warnsOfAssert) {
    warnsOfAssert = false;
    emitWarning('process.assert() is deprecated. Please use the `assert` module instead.', 'DeprecationWarning', 'DEP0100');
  }
  if (!condition) throw internal.codedError(Error, 'ERR_ASSERTION', `${message || 'assertion error'}`);
}

const memoryUsage = () => internal.usage.memoryUsage();
memoryUsage.rss = () => internal.usage.memoryUsage().rss;

/** `value` with all that it holds, for ever as it is. */
function frozen(value) {
  for (const part of Object.values(value)) if (typeof part === 'object') frozen(part);
  return Object.freeze(value);
}

define({
  version: VERSION,
  versions: { node: VERSION.slice(1), openssl: '3.0.19' },
  arch: 'x64',
  platform: 'linux',
  release: { name: 'node', lts: 'Iron' },
  title: 'node',
  debugPort: 9229,
  domain: null,
  sourceMapsEnabled: false,
  pid: 1,
  ppid: 0,
  execPath: host.argv[0],
  execArgv: host.unhandledRejections === undefined ? [] : [`--unhandled-rejections=${host.unhandledRejections}`],
  argv0: 'node',
  argv: [...host.argv],
  env: internal.environment,
  features: {
    inspector: false, debug: false, uv: true, ipv6: true, tls_alpn: false, tls_sni: false, tls_ocsp: false, tls: false,
    cached_builtins: true, require_module: true,
  },
  config: frozen({ target_defaults: { default_configuration: 'Release' }, variables: { v8_enable_i18n_support: 0 } }),
  abort,
  assert,
  _rawDebug: (...args) => host.write(2, `${internal.format(...args)}\n`.toWellFormed()),
  umask,
  stdout: standardStream(1),
  stderr: standardStream(2),
  nextTick: internal.nextTick,
  hrtime,
  uptime: () => host.nowNs() / 1e9,
  cwd: () => folder,
  chdir,
  getuid: () => OWNER,
  geteuid: () => OWNER,
  getgid: () => OWNER,
  getegid: () => OWNER,
  getgroups: () => [OWNER],
  emitWarning,
  exit,
  reallyExit: (code) => { process.exitCode = code; die(); },
  setUncaughtExceptionCaptureCallback(fn) {
    if (fn !== null && typeof fn !== 'function') throw internal.invalidArgType('fn', 'of type function or null', fn);
    if (fn !== null && captureFn !== null) {
      throw internal.codedError(
        Error, 'ERR_UNCAUGHT_EXCEPTION_CAPTURE_ALREADY_SET',
        '`process.setupUncaughtExceptionCapture()` was called while a capture callback was already active');
    }
    captureFn = fn;
  },
  hasUncaughtExceptionCaptureCallback: () => captureFn !== null,
  kill: (pid, signal) => internal.kill(pid, signal),
  _kill: (pid, signal) => internal.sendSignal(pid, signal),
  getActiveResourcesInfo: () => internal.activeResources.info(),
  _getActiveHandles: () => internal.activeResources.handles(),
  _getActiveRequests: () => internal.activeResources.requests(),
  getBuiltinModule: (id) => internal.getBuiltinModule(id),
  availableMemory: () => internal.usage.availableMemory(),
  constrainedMemory: () => internal.usage.constrainedMemory(),
  cpuUsage: (before) => internal.usage.cpuUsage(before),
  memoryUsage,
  resourceUsage: () => internal.usage.resourceUsage(),
});
Object.defineProperty(process, 'stdin', { __proto__: null, configurable: true, enumerable: true, get: () => internal.stdin });
Object.defineProperty(process, Symbol.toStringTag, { __proto__: null, value: 'process', configurable: true });

for (const name of [
  'allowedNodeEnvironmentFlags', 'binding',
  'dlopen', 'initgroups', 'loadEnvFile', 'moduleLoadList',
  'openStdin', 'report', 'setSourceMapsEnabled', 'setegid', 'seteuid', 'setgid',
  'setgroups', 'setuid',
]) {
  Object.defineProperty(process, name, { __proto__: null, value: internal.refuser(`process.${name}`), writable: true, configurable: true });
}
