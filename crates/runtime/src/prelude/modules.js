// `require`, built-in modules, and what the other side asks about ES modules.

/** Files of Node's own library. */
function fromNode(ids) {
  return Object.fromEntries(ids.map((id) => [id, () => internal.nodeRequire(id)]));
}

const BUILT_IN = {
  ...fromNode([
    '_http_agent', '_http_client', '_http_common', '_http_incoming', '_http_outgoing', '_http_server',
    '_stream_duplex', '_stream_passthrough', '_stream_readable', '_stream_transform', '_stream_writable', 'buffer',
    'diagnostics_channel', 'dns', 'dns/promises', 'fs', 'fs/promises', 'http', 'https', 'net', 'path', 'path/posix', 'path/win32',
    'perf_hooks', 'punycode', 'querystring', 'readline', 'readline/promises', 'stream', 'stream/consumers', 'stream/promises', 'stream/web',
    'string_decoder', 'test', 'test/reporters', 'url', 'zlib',
  ]),
  'assert': () => internal.assert,
  'assert/strict': () => internal.assert.strict,
  'console': () => internal.console,
  'constants': () => constants(),
  'crypto': () => internal.crypto,
  'events': () => internal.EventEmitter,
  'os': () => internal.os,
  'process': () => internal.process,
  'sys': () => internal.util,
  'rtest:sim': () => internal.sim,
  'module': () => internal.moduleModule(),
  'timers': () => ({ ...internal.timers, ...internal.enrolledTimers, promises: internal.timersPromises }),
  'timers/promises': () => internal.timersPromises,
  'util': () => internal.util,
  'util/types': () => internal.types,
  'worker_threads': () => internal.workerThreads,
};

/** Packages that a program under test asks for by name, and that steer what the runtime owns. They are
    here whether they are installed or not. */
const PACKAGES = {
  '@jest/globals': () => internal.jestGlobals,
  '@sinonjs/fake-timers': () => internal.fakeTimersModule,
  'sinon': () => internal.sinon,
  'vitest': () => internal.vitest,
  'vitest/globals': () => internal.vitestGlobals,
};

/** What Node's built-in modules have and ours have not: refused by name, not missing. */
const REFUSED = {
  'os': ['getPriority', 'setPriority'],
  'console': ['context', 'createTask'],
  'crypto': [
    'Certificate', 'Cipher', 'Cipheriv', 'Decipher', 'Decipheriv', 'DiffieHellman', 'DiffieHellmanGroup', 'ECDH',
    'Sign', 'Verify', 'X509Certificate', 'checkPrime', 'checkPrimeSync', 'createCipher', 'createCipheriv', 'createDecipher', 'createDecipheriv',
    'createDiffieHellman', 'createDiffieHellmanGroup', 'createECDH',
    'createSign', 'createVerify', 'diffieHellman', 'fips', 'generateKey', 'generateKeyPair', 'generateKeyPairSync',
    'generateKeySync', 'generatePrime', 'generatePrimeSync', 'getCipherInfo', 'getCiphers', 'getCurves', 'getDiffieHellman',
    'getFips', 'hkdf', 'hkdfSync', 'privateDecrypt', 'privateEncrypt', 'prng', 'pseudoRandomBytes', 'publicDecrypt',
    'publicEncrypt', 'rng', 'scrypt', 'scryptSync', 'secureHeapUsed', 'setEngine', 'setFips', 'sign', 'subtle', 'verify',
  ],
  'module': [
    'SourceMap', '_debug', '_findPath', '_initPaths', '_pathCache', '_preloadModules', '_stat', 'findSourceMap', 'register', 'runMain',
    'syncBuiltinESMExports', 'wrap', 'wrapper',
  ],
  'net': ['BlockList', 'SocketAddress'],
  'path': ['matchesGlob'],
  'path/posix': ['matchesGlob'],
  'path/win32': ['matchesGlob'],
  'worker_threads': [
    'BroadcastChannel', 'SHARE_ENV', 'Worker', 'getEnvironmentData', 'isMarkedAsUntransferable', 'markAsUntransferable',
    'moveMessagePortToContext', 'postMessageToThread', 'setEnvironmentData',
  ],
};

/** Modules that Node has and the reference runtime has not: any use of them is refused. */
const ABSENT = new Set([
  'async_hooks', 'child_process', 'cluster', 'dgram', 'domain', 'http2', 'inspector', 'inspector/promises', 'repl',
  'sea', 'tls', 'trace_events', 'tty', 'v8', 'vm', 'wasi',
]);

/** Node's `constants`, which is of an older time. */
function constants() {
  const { os, fs, crypto } = internal.nodeBinding('constants');
  return Object.freeze(Object.assign({}, os.dlopen, os.errno, os.priority, os.signals, fs, crypto));
}

const loaded = new Map();

function builtIn(name) {
  if (!loaded.has(name)) {
    const exports = ABSENT.has(name) ? internal.absentModule(name) : (BUILT_IN[name] ?? PACKAGES[name])();
    for (const missing of REFUSED[name] ?? []) {
      const { value, enumerable } = Object.getOwnPropertyDescriptor(exports, missing) ?? {};
      Object.defineProperty(exports, missing, {
        __proto__: null,
        value: internal.refuser(`${name}.${missing}`), writable: true, configurable: true, enumerable: value !== undefined && enumerable,
      });
    }
    loaded.set(name, exports);
  }
  return loaded.get(name);
}

internal.builtIn = builtIn;

/** Loads what the program will ask for, before it runs. */
internal.loadAhead = function loadAhead(name) {
  if (name === 'fetch') internal.nodeRequire('internal/deps/undici/undici');
  else builtIn(name);
};

/** Those of them of which only a part is here: where the package itself is installed, it is taken. */
const PARTS = new Set(['sinon']);

/** The bare name of a built-in module that the module at `base` asks for; undefined for anything else. */
function builtInName(specifier, base, isImport = false) {
  const isNode = specifier.startsWith('node:') && !specifier.startsWith('node:rtest:');
  const name = isNode ? specifier.slice(5) : specifier;
  const onlyWithPrefix = name === 'test' || name === 'test/reporters' || name === 'sea';
  if (Object.hasOwn(BUILT_IN, name) && (isNode || !onlyWithPrefix)) return name;
  if (!isNode && Object.hasOwn(PACKAGES, name)) {
    const isInstalled = PARTS.has(name) && base !== undefined && host.resolvePackage(base, name, isImport)?.length === 1;
    return isInstalled ? undefined : name;
  }
  if (ABSENT.has(name) && (isNode || !onlyWithPrefix)) return name;
  if (isNode) {
    throw internal.codedError(Error, 'ERR_UNKNOWN_BUILTIN_MODULE', `No such built-in module: ${specifier}`);
  }
  return undefined;
}

/** A built-in module, or nothing; what is not here is refused. */
internal.getBuiltinModule = function getBuiltinModule(id) {
  internal.validateString(id, 'id');
  let name;
  try {
    name = builtInName(id);
  } catch (error) {
    if (error.code === 'ERR_UNKNOWN_BUILTIN_MODULE') return undefined;
    throw error;
  }
  return name === undefined || Object.hasOwn(PACKAGES, name) ? undefined : builtIn(name);
};

const isPath = (specifier) => /^(\.{0,2}\/|\.{1,2}$)/.test(specifier);

/** What is thrown of a file whose types cannot be taken away. Node puts the place before its stack. */
internal.noSource = function noSource(code, message, excerpt) {
  const error = internal.codedError(excerpt === '' ? Error : SyntaxError, code, message);
  if (excerpt !== '') {
    const frames = error.stack.includes('\n    at ') ? '' : '\n    at parseTypeScript (node:internal/modules/typescript:63:40)';
    internal.hidden(error, 'stack', `${excerpt}\n${error.stack}${frames}`);
  }
  return error;
};

// --- CommonJS -------------------------------------------------------------------------------

const cache = Object.create(null);
const pathOf = (file) => file.slice(0, Math.max(file.lastIndexOf('/'), 1));

class Module {
  constructor(id, parent) {
    this.id = id;
    this.path = pathOf(id);
    this.exports = {};
    this.filename = id;
    this.loaded = false;
    this.children = [];
    this.paths = nodeModulePaths(this.path);
    internal.hidden(this, 'parent', parent);
  }

  require(id) {
    internal.validateString(id, 'id');
    if (id === '') {
      throw internal.codedError(
        TypeError, 'ERR_INVALID_ARG_VALUE', "The argument 'id' must be a non-empty string. Received ''");
    }
    return Module._load(id, this, false);
  }
}

/** The folders in which packages are looked for from a folder on. */
function nodeModulePaths(folder) {
  const parts = folder.split('/').filter((part) => part !== '');
  const paths = [];
  for (let end = parts.length; end >= 0; end--) {
    if (end === 0 || parts[end - 1] !== 'node_modules') paths.push(`/${[...parts.slice(0, end), 'node_modules'].join('/')}`);
  }
  return paths;
}

const absolute = (path) => internal.nodeRequire('path').resolve(path);

// Programs replace these two to lead `require` elsewhere.

Module._resolveFilename = (request, parent, isMain, options) => {
  if (builtInName(request, parent?.filename) !== undefined) return request;
  const paths = options?.paths;
  if (paths === undefined) return resolve(request, parent);
  if (!Array.isArray(paths)) {
    throw internal.codedError(
      TypeError, 'ERR_INVALID_ARG_VALUE', `The property 'options.paths' is invalid. Received ${internal.inspect(paths)}`);
  }
  for (const folder of paths) {
    try {
      return resolve(request, { filename: `${absolute(folder)}/noop.js` });
    } catch (error) {
      if (error.code !== 'MODULE_NOT_FOUND') throw error;
    }
  }
  throw notFound(request, parent);
};

Module._load = (request, parent) => {
  const name = builtInName(request, parent?.filename);
  return name === undefined ? load(Module._resolveFilename(request, parent, false), parent) : builtIn(name);
};

function notFound(specifier, parent) {
  const stack = [];
  for (let module = parent; module; module = module.parent) stack.push(module.filename);
  const error = new Error(`Cannot find module '${specifier}'\nRequire stack:\n- ${stack.join('\n- ')}`);
  error.code = 'MODULE_NOT_FOUND';
  error.requireStack = stack;
  return error;
}

/** `@scope/name` of `@scope/name/file`. */
const packageOf = (specifier) => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');

/** What `import` says of a file that is not there. */
const notThere = (file, base) => internal.codedError(
  Error, 'ERR_MODULE_NOT_FOUND', `Cannot find module '${file}' imported from ${base}`, { url: urlOf(file) });

/** The file that a package's name leads to; undefined where there is none. */
function resolvePackage(base, specifier, isImport) {
  const [found, message, packageJson] = host.resolvePackage(base, specifier, isImport) ?? [];
  if (message === '') {
    // The package leads to a file that is not there.
    if (isImport) throw notThere(found, base);
    const error = new Error(`Cannot find module '${found}'`);
    throw Object.assign(error, { code: 'MODULE_NOT_FOUND', path: packageJson });
  }
  if (message !== undefined) {
    throw internal.codedError(Error, found, isImport ? `${message} imported from ${base}` : message);
  }
  return found;
}

function resolve(specifier, parent) {
  if (!isPath(specifier)) {
    const found = resolvePackage(parent.filename, specifier, false);
    if (found === undefined) throw notFound(specifier, parent);
    return found;
  }
  const file = host.resolveRequire(parent.filename, specifier);
  if (file === undefined) throw notFound(specifier, parent);
  return file;
}

function run(module) {
  const { filename } = module;
  const format = host.formatOf(filename);
  if (format === 'json') {
    try {
      module.exports = JSON.parse(host.readModule(filename));
    } catch (error) {
      error.message = `${filename}: ${error.message}`;
      throw error;
    }
  } else if (filename.endsWith('.node')) {
    throw internal.unavailable(`the native addon ${filename}`);
  } else if (format === 'module') {
    module.exports = internal.requireModule(filename, module.parent?.filename);
  } else {
    const wrapper = host.compileCommonJs(filename, host.readModule(filename));
    internal.wrappers.add(wrapper);
    wrapper.call(module.exports, module.exports, makeRequire(module), module, filename, module.path);
  }
  module.loaded = true;
}

function load(file, parent) {
  const known = cache[file];
  if (known !== undefined) {
    if (parent && !parent.children.includes(known)) parent.children.push(known);
    if (!known.loaded && host.formatOf(file) === 'module') throw internal.requireCycle(file, known.parent?.filename);
    return known.exports;
  }
  const module = new Module(file, parent);
  cache[file] = module;
  parent?.children.push(module);
  let done = false;
  try {
    run(module);
    done = true;
  } finally {
    if (!done) {
      delete cache[file];
      parent?.children.splice(parent.children.indexOf(module), 1);
    }
  }
  return module.exports;
}

function makeRequire(module) {
  function require(specifier) { return module.require(specifier); }
  require.resolve = function resolve(request, options) {
    internal.validateString(request, 'request');
    return Module._resolveFilename(request, module, false, options);
  };
  require.resolve.paths = function paths(request) {
    internal.validateString(request, 'request');
    return Module._resolveLookupPaths(request, module);
  };
  require.main = internal.main;
  require.extensions = Module._extensions;
  require.cache = cache;
  return require;
}

const wrongFilename = (file) => internal.codedError(
  TypeError, 'ERR_INVALID_ARG_VALUE',
  `The argument 'filename' must be a file URL object, file URL string, or absolute path string. Received ${internal.inspect(file)}`);

Module._cache = cache;
/** Packages ask which there are, and put their own beside them. */
Module._extensions = { __proto__: null };
for (const extension of ['.js', '.json', '.node']) {
  Module._extensions[extension] = () => { throw internal.refuse(`Module._extensions['${extension}']`); };
}
Module._nodeModulePaths = (from) => nodeModulePaths(absolute(from));
Module._resolveLookupPaths = (request, parent) => {
  const prefixed = request.startsWith('node:') ? request.slice(5) : request;
  if (Object.hasOwn(BUILT_IN, prefixed) || ABSENT.has(prefixed)) return null;
  if (/^\.{1,2}(\/|$)/.test(request)) return [parent?.filename ? pathOf(parent.filename) : '.'];
  return [...parent?.paths ?? [], ...Module.globalPaths];
};
Module.globalPaths = ['/usr/local/lib/node'];

/** Node's `module`, as far as it is about finding modules. */
internal.moduleModule = () => Object.assign(Module, {
  Module,
  builtinModules: [...Object.keys(BUILT_IN), ...ABSENT].filter((name) => !name.startsWith('rtest:')).sort(),
  createRequire(file) {
    let path = file;
    if (file instanceof URL || (typeof file === 'string' && !file.startsWith('/'))) {
      try {
        path = internal.nodeRequire('url').fileURLToPath(file);
      } catch {
        throw wrongFilename(file);
      }
    } else if (typeof file !== 'string') {
      throw wrongFilename(file);
    }
    internal.requireMadeBy(path);
    return makeRequire(new Module(path.endsWith('/') ? `${path}noop.js` : path, null));
  },
  isBuiltin(specifier) {
    if (typeof specifier !== 'string') return false;
    try {
      return builtInName(specifier) !== undefined;
    } catch (error) {
      return false;
    }
  },
});

/** The function that runs the program's main file. */
internal.mainScript = (file) => function runMainScript() {
  const module = new Module(file, null);
  module.id = '.';
  internal.main = module;
  internal.process.mainModule = module;
  cache[file] = module;
  run(module);
};

// --- ES modules -----------------------------------------------------------------------------

/** The same for a main file that is a module. */
internal.mainModule = (file) => function runMainModule() {
  internal.main = { file };
  host.runMainModule(file);
};

const isScheme = (specifier) => /^[a-zA-Z][a-zA-Z\d+.-]*:/.test(specifier);

/** A path of a URL: without its query, and with what is written as `%20` read. */
function pathOfUrl(text, base) {
  const at = text.search(/[?#]/);
  const path = at === -1 ? text : text.slice(0, at);
  const suffix = at === -1 ? '' : text.slice(at);
  if (!path.includes('%')) return [path, suffix];
  if (/%2f|%5c/i.test(path)) {
    const shown = path.startsWith('/') ? path : new PathJoin(pathOf(base), path).path;
    throw internal.codedError(
      TypeError, 'ERR_INVALID_MODULE_SPECIFIER',
      `Invalid module "${shown}" must not include encoded "/" or "\\" characters imported from ${base}`);
  }
  try {
    return [decodeURIComponent(path), suffix];
  } catch {
    return [path, suffix];
  }
}

/** The name of the module that a specifier leads to: `node:NAME`, a `data:` URL, or a file's path, with its query. */
internal.resolveImport = function resolveImport(from, specifier) {
  const name = builtInName(specifier, from.startsWith('data:') ? undefined : host.fileOf(from), true);
  if (name !== undefined) return `node:${name}`;
  if (specifier.startsWith('data:')) return dataParts(specifier) && specifier;
  if (from.startsWith('data:') && !specifier.startsWith('file:')) {
    throw internal.codedError(
      TypeError, 'ERR_UNSUPPORTED_RESOLVE_REQUEST',
      `Failed to resolve module specifier "${specifier}" from "${from}": Invalid relative URL or base scheme is not hierarchical.`);
  }
  const base = host.fileOf(from);
  if (!isPath(specifier) && !specifier.startsWith('file://')) {
    if (isScheme(specifier)) {
      throw internal.codedError(
        Error, 'ERR_UNSUPPORTED_ESM_URL_SCHEME',
        'Only URLs with a scheme in: file, data, and node are supported by the default ESM loader. ' +
        `Received protocol '${specifier.slice(0, specifier.indexOf(':') + 1)}'`);
    }
    const found = resolvePackage(base, specifier, true);
    if (found !== undefined) return found;
    throw internal.codedError(Error, 'ERR_MODULE_NOT_FOUND', `Cannot find package '${packageOf(specifier)}' imported from ${base}`);
  }
  const [path, suffix] = pathOfUrl(specifier.replace(/^file:\/\//, ''), base);
  const file = host.resolveImport(base, path);
  if (file === undefined) {
    const wanted = path.startsWith('/') ? path : new PathJoin(pathOf(base), path).path;
    if (host.isFolder(wanted)) {
      throw internal.codedError(
        Error, 'ERR_UNSUPPORTED_DIR_IMPORT', `Directory import '${wanted}' is not supported resolving ES modules imported from ${base}`,
        { url: urlOf(wanted) });
    }
    throw notThere(wanted, base);
  }
  return file + suffix;
};

/** The same for an `import` that says of which type it takes it to be. */
internal.resolveAs = function resolveAs(base, specifier, type) {
  const name = internal.resolveImport(base, specifier);
  const url = /^(node|data):/.test(name) ? name : urlOf(name);
  const wrong = (code, message) => internal.codedError(TypeError, `ERR_IMPORT_ASSERTION_TYPE_${code}`, message);
  if (type !== undefined && type !== 'json') throw wrong('UNSUPPORTED', `Import attribute type "${type}" is unsupported`);
  const isJson = name.startsWith('data:') ? dataParts(name).type === 'application/json'
    : !name.startsWith('node:') && host.formatOf(name) === 'json';
  // That the type of JSON is missing cannot be told: the engine does not say what a declaration has.
  if (!isJson && type !== undefined) throw wrong('FAILED', `Module "${url}" is not of type "json"`);
  return name;
};

/** Type and text of a `data:` URL. */
function dataParts(url) {
  const match = /^data:([^,;]+)[^,]*?(;base64)?,([^]*)$/.exec(url);
  if (match === null) throw internal.codedError(TypeError, 'ERR_INVALID_URL', 'Invalid URL', { input: url });
  const [, type, base64, body] = match;
  return { type, text: () => internal.nodeRequire('buffer').Buffer.from(decodeURIComponent(body), base64 ? 'base64' : 'utf8').toString() };
}

/** The text of the module that a `data:` URL is. */
internal.dataModule = function dataModule(url) {
  const { type, text } = dataParts(url);
  if (type === 'text/javascript') return text();
  if (type === 'application/json') return `export default ${JSON.stringify(JSON.parse(text()))};`;
  throw internal.codedError(RangeError, 'ERR_UNKNOWN_MODULE_FORMAT', `Unknown module format: ${type} for URL ${url}`);
};

/** A relative path put behind a folder. */
class PathJoin {
  constructor(folder, specifier) {
    const parts = folder.split('/');
    for (const part of specifier.split('/')) {
      if (part === '..') parts.pop();
      else if (part !== '.') parts.push(part);
    }
    this.path = parts.join('/');
  }
}

/** The URL of a module's name. */
function urlOf(name) {
  const file = host.fileOf(name);
  return `file://${file.replace(/[^\w\-./~!$&'()*+,;=:@]/g, (c) => encodeURIComponent(c))}${name.slice(file.length)}`;
}

internal.describeModule = function describeModule(meta, name) {
  const isData = name.startsWith('data:');
  internal.modulePaths.add(name);
  if (waiting.length > 0) makeNamed(isData ? internal.dataModule(name) : host.readModule(name));
  if (!isData) {
    const file = host.fileOf(name);
    meta.dirname = pathOf(file);
    meta.filename = file;
  }
  meta.resolve = (specifier) => {
    let resolved;
    try {
      resolved = internal.resolveImport(name, specifier);
    } catch (error) {
      if (error.url === undefined) throw error;
      return error.url; // it need not be there
    }
    return /^(node|data):/.test(resolved) ? resolved : urlOf(resolved);
  };
  meta.url = isData ? name : urlOf(name);
};

/** Exports of facades that no module has named yet. */
let waiting = [];
/** What a module's text has in it that may look at exports without naming them. */
const LOOKS_AT_ALL = ['* as', 'import('];

function makeNamed(text) {
  const looksAtAll = LOOKS_AT_ALL.some((words) => text.includes(words));
  const isNamed = ({ key }) => looksAtAll || text.includes(key);
  const named = waiting.filter(isNamed);
  waiting = waiting.filter((late) => !isNamed(late));
  for (const { set } of named) set();
}

/** Names that a CommonJS file exports, as far as Node's own lexer sees them in its text, and in those of
    files whose exports it passes on. */
function exportedNames(file, seen = new Set()) {
  seen.add(file);
  let found;
  try {
    found = internal.nodeRequire('internal/deps/cjs-module-lexer/lexer').parse(host.readModule(file));
  } catch {
    return new Set(); // running it tells what is wrong
  }
  const names = new Set(found.exports);
  for (const specifier of found.reexports) {
    let passed;
    try {
      passed = resolve(specifier, new Module(file, null));
    } catch {
      continue; // running it tells, if it comes to that
    }
    if (seen.has(passed) || host.formatOf(passed) !== 'commonjs') continue;
    for (const name of exportedNames(passed, seen)) names.add(name);
  }
  return names;
}

/** What a module that only stands for something else exports, and how to get that. */
internal.facade = function facade(name) {
  if (name.startsWith('node:')) {
    const exports = builtIn(name.slice(5));
    const all = Object.getOwnPropertyNames(exports).filter((key) => {
      const isFunctionOwn = typeof exports === 'function' && ['length', 'name', 'prototype', 'arguments', 'caller'].includes(key);
      return key !== 'default' && !isFunctionOwn && !key.startsWith('_');
    });
    // What is made when it is first looked at is left alone until a module is read that names it.
    const isLate = (key) => Object.getOwnPropertyDescriptor(exports, key).get !== undefined;
    const names = all.filter((key) => !isLate(key));
    const later = (key, set) => {
      if (LOOKS_AT_ALL.some(host.mentions) || host.mentions(key)) set(exports[key]);
      else waiting.push({ key, set: () => set(exports[key]) });
    };
    return { names, late: all.filter(isLate), later, load: () => exports };
  }
  const file = host.fileOf(name);
  const names = host.formatOf(file) === 'commonjs' ? exportedNames(file) : [];
  return {
    names: [...names].filter((key) => key !== 'default'),
    late: [],
    later() {},
    load: () => internal.runImported(file, () => load(file, undefined)),
  };
};
