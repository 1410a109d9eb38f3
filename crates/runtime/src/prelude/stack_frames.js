// The frames of a stack in V8's form, and where in the source V8 would say that they stand.

const { Math, Reflect } = internal.intrinsics;
const { isPrelude, isNative, wrappers, modulePaths: modules } = internal;
const { getOwnPropertyDescriptor } = Object;
const toText = Function.prototype.toString;

const CJS_FRAMES = [
  'Module._compile (node:internal/modules/cjs/loader:1521:14)',
  'Module._extensions..js (node:internal/modules/cjs/loader:1623:10)',
  'Module.load (node:internal/modules/cjs/loader:1266:32)',
  'Module._load (node:internal/modules/cjs/loader:1091:12)',
];

/** What stands in Node's stacks where ours have a function of the prelude. */
const PRELUDE_FRAMES = {
  __proto__: null,
  fireTimer: ['listOnTimeout (node:internal/timers:581:17)', 'process.processTimers (node:internal/timers:519:7)'],
  fireImmediate: ['process.processImmediate (node:internal/timers:483:21)'],
  runTick: ['process.processTicksAndRejections (node:internal/process/task_queues:77:11)'],
  runMicrotask: [
    'node:internal/process/task_queues:140:7',
    'AsyncResource.runInAsyncScope (node:async_hooks:206:9)',
    'AsyncResource.runMicrotask (node:internal/process/task_queues:137:8)',
    'process.processTicksAndRejections (node:internal/process/task_queues:95:5)',
  ],
  setTimeout: ['setTimeout (node:timers:140:3)'],
  sort: ['Array.sort (<anonymous>)'],
  toSorted: ['Array.toSorted (<anonymous>)'],
  emit: ['EventEmitter.emit (node:events:524:28)'],
  requireModule: [
    'ModuleJobSync.runSync (node:internal/modules/esm/module_job:437:37)',
    'ModuleLoader.importSyncForRequire (node:internal/modules/esm/loader:389:47)',
    'loadESMFromCJS (node:internal/modules/cjs/loader:1363:24)',
    'Module._compile (node:internal/modules/cjs/loader:1503:5)',
  ],
  require: [...CJS_FRAMES, 'Module.require (node:internal/modules/cjs/loader:1289:19)', 'require (node:internal/modules/helpers:182:18)'],
  runMainScript: [
    ...CJS_FRAMES,
    'Function.executeUserEntryPoint [as runMain] (node:internal/modules/run_main:164:12)',
    'node:internal/main/run_main_module:28:49',
  ],
};

/** A callback directly above one of these gets the label of the object that holds it. */
const CALLBACK_LABELS = {
  __proto__: null, fireTimer: 'Timeout._onTimeout', fireImmediate: 'Immediate._onImmediate',
  runTest: 'TestContext.<anonymous>', runSuite: 'SuiteContext.<anonymous>',
};

const MODULE_FRAMES = [
  'ModuleJob.run (node:internal/modules/esm/module_job:325:25)',
  'async ModuleLoader.import (node:internal/modules/esm/loader:606:24)',
  'async asyncRunEntryPointWithESMLoader (node:internal/modules/run_main:117:5)',
];

let nativeLabels;
function nativeLabel(fn, name) {
  if (nativeLabels === undefined) {
    nativeLabels = new internal.KeptMap();
    for (const holder of [Array, String, Object, Promise, Map, Set, RegExp, Number, Function, Date]) {
      for (const [object, prefix] of [[holder.prototype, holder.name], [holder, 'Function']]) {
        for (const key of Reflect.ownKeys(object)) {
          const value = getOwnPropertyDescriptor(object, key).value;
          if (typeof value === 'function' && key !== 'constructor') {
            nativeLabels.set(value, `${prefix}.${typeof key === 'symbol' ? `[${key.description}]` : key}`);
          }
        }
      }
      nativeLabels.set(holder, `new ${holder.name}`);
    }
    for (const key of Reflect.ownKeys(JSON)) nativeLabels.set(JSON[key], `JSON.${String(key)}`);
  }
  return nativeLabels.get(fn) ?? name;
}

/** A function's text. That of Node's library is read off its file, up to where its indentation ends. */
function functionText(fn) {
  if (!internal.isLibraryFunction(fn)) return toText.call(fn);
  const { file, line, column } = internal.definition(fn);
  const first = host.sourceLine(file, line);
  if (first === undefined) return ''; // the prelude's own
  const end = `${/^ */.exec(first)[0]}}`;
  let text = first.slice(column - 1);
  for (let next = line + 1, more; (more = host.sourceLine(file, next)) !== undefined; next++) {
    text += `\n${more}`;
    if (more.startsWith(end)) break;
  }
  return text;
}

function isClass(fn) {
  if (typeof fn !== 'function') return false;
  return internal.isLibraryFunction(fn) ? internal.isLibraryClass(fn) : toText.call(fn).startsWith('class');
}

/** A module's own code: a function without a name or a text. */
const isModuleBody = (fn, name) =>
  !name && typeof fn === 'function' && functionText(fn).endsWith('[native code]\n}') && !isInitializer(fn);

/** Whether a function is the one that the engine makes of a class's fields: it stands nowhere. */
const isInitializer = (fn) => typeof fn === 'function' && internal.definition(fn).line === 0;

const isStaticBlock = (fn) => typeof fn === 'function' && functionText(fn).startsWith('{');

/** What V8 calls the code that makes a class's fields, or a static block. */
function initializerLabel(fn, caller) {
  if (isInitializer(fn)) return isClass(caller?.getFunction()) ? '<instance_members_initializer>' : '<static_initializer>';
  return isStaticBlock(fn) ? '<static_initializer>' : undefined;
}

const isWord = (character) => character !== undefined && /[\w$]/.test(character);

/** A place in the source: `text` is the line, `column` counts from 1. */
function placeOf(site) {
  const file = site.getFileName();
  const line = site.getLineNumber();
  let column = site.getColumnNumber();
  const text = host.sourceLine(file, line) ?? '';
  if (line === 1 && !modules.has(file)) column -= host.commonJsPrefixLength;
  while (column >= 1 && text[column - 1] === ' ') column++;
  return { file, line, column: Math.max(column, 1), text };
}

/** The bracket that is open at a place, searched for backwards over at most `lines` lines. */
function openBefore(place, lines = 40) {
  let { line, column, text } = place;
  let depth = 0;
  for (; lines > 0; lines--) {
    for (let i = column - 2; i >= 0; i--) {
      if (')]}'.includes(text[i])) depth++;
      else if ('([{'.includes(text[i]) && depth-- === 0) return { ...place, line, column: i + 1, text };
    }
    line--;
    text = line < 1 ? undefined : host.sourceLine(place.file, line);
    if (text === undefined) return undefined;
    column = text.length + 1;
  }
  return undefined;
}

/** The name that ends right before a place. */
function wordBefore(place) {
  let end = place.column - 1;
  while (end > 0 && place.text[end - 1] === ' ') end--;
  let start = end;
  while (start > 0 && isWord(place.text[start - 1])) start--;
  return { ...place, column: start + 1, word: place.text.slice(start, end) };
}

/** V8 points at `new` where there is one. */
function withNew(place) {
  const before = /\bnew\s+[\w$.]*$/.exec(place.text.slice(0, place.column - 1));
  return before === null ? place : { ...place, column: before.index + 1 };
}

const NOT_CALLED = new internal.KeptSet(['if', 'for', 'while', 'switch', 'catch', 'return', 'function', 'typeof', 'await', '']);

/** Where V8 says that a function was called. QuickJS gives the last name that it looked up before
    the call, often one among the arguments; from there the call that encloses it is searched,
    first by the names that the called function may have there: by the first one before any other. */
function callPlace(site, names) {
  const place = placeOf(site);
  const at = place.column - 1;
  let end = at;
  while (isWord(place.text[end])) end++;
  const here = place.text.slice(at, end);
  const calledHere = place.text[end] === '(' || /^new\s/.test(place.text.slice(at));
  let named;
  if (names.includes(here) && (calledHere || /^ +\(/.test(place.text.slice(end)))) {
    if (here === names[0]) return withNew(place);
    named = place;
  }
  let nearest;
  if (place.text[at] === '(' && place.text[at - 1] === ' ') {
    const callee = wordBefore(place); // types of a call leave white space behind its name
    if (callee.word === names[0]) return withNew(callee);
    if (names.includes(callee.word)) named ??= callee;
    if (!NOT_CALLED.has(callee.word)) nearest = callee;
  }
  for (let open = openBefore(place); open !== undefined; open = openBefore(open)) {
    const before = open.text.slice(0, open.column - 1);
    if (open.text[open.column - 1] === '{' && /(\)|=>|\b(else|try|do|finally))\s*$/.test(before)) break; // a body
    if (open.text[open.column - 1] !== '(') continue;
    const callee = wordBefore(open);
    if (callee.word === names[0]) return withNew(callee);
    if (names.includes(callee.word)) named ??= callee;
    if (!NOT_CALLED.has(callee.word)) nearest ??= callee;
  }
  return withNew(named ?? (calledHere ? place : nearest ?? place));
}

/** Whether a frame is the constructor that a class without one has; V8 shows it where it makes fields. */
const isImplicitConstructor = (fn) => isClass(fn) && !/\bconstructor\s*\(/.test(functionText(fn));

/** Where a class of the program's begins: the engine tells where it ends. */
function classPlace(fn) {
  const lines = functionText(fn).split('\n');
  const { file, line } = internal.definition(fn);
  const first = line - lines.length + 1;
  return { line: first, column: (host.sourceLine(file, first) ?? '').indexOf(lines[0]) + 1 };
}

/** `Class.method` for a method, as V8 has it, from where it is defined; a plain function's name. */
function functionLabel(fn, name) {
  const text = functionText(fn);
  if (isClass(fn)) return `new ${name}`;
  if (name.startsWith('#')) return name;
  if (!/^(async\s+)?(\*\s*)?[#\w$]+\s*\(/.test(text) || /^(async\s+)?function\b/.test(text)) return name;
  const { file, line, column } = internal.definition(fn);
  const shift = line === 1 && !modules.has(file) ? host.commonJsPrefixLength : 0;
  const body = openBefore({ file, line, column: column - shift, text: host.sourceLine(file, line) ?? '' }, 400);
  if (body === undefined || body.text[body.column - 1] !== '{') return name;
  const before = body.text.slice(0, body.column - 1);
  const owner = /\bclass\s+([\w$]+)(\s+extends\s+[^{]+)?\s*$/.exec(before);
  if (owner === null) return /\bclass\b[^{]*$/.test(before) ? name : `Object.${name}`;
  return `${owner[1]}.${name}`;
}

/** The place of a getter's use: its name behind the dot. */
function getterPlace(site, name) {
  const place = placeOf(site);
  const used = place.text.indexOf(`.${name}`, place.column - 1);
  return used === -1 ? place : { ...place, column: used + 2 };
}

/** Where frame `i` stands in the source. `names` are those that what it called may have there. */
function framePlace(sites, i, names) {
  const site = sites[i];
  if (site.isAsync()) return placeOf(site);
  const getter = /^get (.+)$/.exec(names[0] ?? '');
  return getter === null ? callPlace(site, names) : getterPlace(site, getter[1]);
}

/** Whether a frame is in a file of Node's, not in one of the prelude's. */
const isOfLibrary = (site) => host.sourceLine(site.getFileName(), 1) !== undefined;

/** A function that waits for what the frames above it do. */
function asyncFrame(site, fn, name) {
  const index = site.getPromiseIndex();
  if (index !== null) return `${name} (index ${index})`;
  const { file, line, column } = placeOf(site);
  const where = `${modules.has(file) ? 'file://' : ''}${file}:${line}:${column}`;
  return name && !wrappers.has(fn) ? `${functionLabel(fn, name)} (${where})` : where;
}

function frames(sites, names) {
  const lines = [];
  // What of Node's library waits is shown where the program waits for it.
  const lastOwn = sites.findLastIndex((site) => site.isAsync() && !isNative(site) && !isPrelude(site));
  let moduleTop = false;
  for (let i = 0; i < sites.length; i++) {
    const site = sites[i];
    const fn = site.getFunction();
    const name = site.getFunctionName();
    const called = names;
    names = name ? [name, ...(isClass(fn) ? ['super'] : [])] : [];
    if (site.isAsync()) {
      if (!isPrelude(site) || (i < lastOwn && isOfLibrary(site))) lines.push(`async ${asyncFrame(site, fn, name)}`);
      continue;
    }
    if (isPrelude(site)) {
      const shown = PRELUDE_FRAMES[name] ?? [];
      const isCompiled = shown[0] === CJS_FRAMES[0] && lines.at(-1)?.startsWith('Module._compile ');
      lines.push(...(isCompiled ? shown.slice(1) : shown));
      continue;
    }
    if (isNative(site)) {
      // How the prelude calls a callback is no business of the program's.
      if (name && !isPrelude(sites[i + 1])) lines.push(`${nativeLabel(fn, name)} (<anonymous>)`);
      continue;
    }
    const isImplicit = isImplicitConstructor(fn);
    if (isImplicit && !lines.at(-1)?.startsWith('<instance_members_initializer> ')) continue;
    if (isInitializer(fn) && isStaticBlock(sites[i - 1]?.getFunction())) continue; // V8 calls static blocks at once
    const file = site.getFileName();
    const { line, column } = isImplicit ? classPlace(fn) : framePlace(sites, i, called);
    const where = `${modules.has(file) ? 'file://' : ''}${file}:${line}:${column}`;
    const caller = sites[i + 1] !== undefined && isNative(sites[i + 1]) ? sites[i + 2] : sites[i + 1];
    const holder = isPrelude(caller) ? CALLBACK_LABELS[caller.getFunctionName()] : undefined;
    if (wrappers.has(fn)) {
      lines.push(`Object.<anonymous> (${where})`);
    } else if (modules.has(file) && isModuleBody(fn, name)) {
      lines.push(where);
      moduleTop = true;
    } else if (holder !== undefined) {
      const [object, property] = holder.split('.');
      const alias = property === '<anonymous>' ? '' : ` [as ${property}]`;
      lines.push(name ? `${object}.${name}${alias} (${where})` : `${holder} (${where})`);
    } else if (name) {
      lines.push(`${functionLabel(fn, name)} (${where})`);
    } else {
      const label = initializerLabel(fn, sites[i + 1]);
      lines.push(label === undefined ? where : `${label} (${where})`);
    }
  }
  if (moduleTop) lines.push(...MODULE_FRAMES);
  return lines;
}

// --- messages -------------------------------------------------------------------------------

/** Whether a function has not come further than to its parameters. */
function isEntry(site, fn) {
  if (typeof fn !== 'function') return false;
  const { line, column } = internal.definition(fn);
  return site.getLineNumber() === line && site.getColumnNumber() === column;
}

/** Puts a message of the engine's into V8's words. A message of the program's is left alone: at
    its place in the source stands the constructor. */
function translateMessage(error, site) {
  const { name, message } = error;
  if (typeof message !== 'string' || !internal.isEngineMessage(message)) return;
  let here = { text: '', column: 1, functionName: site?.getFunctionName() };
  let call = here;
  const hasSource = site !== undefined && !isNative(site) && (!isPrelude(site) || isOfLibrary(site));
  if (hasSource) {
    const made = callPlace(site, [name]);
    if (new RegExp(`^(new\\s+)?${name}\\b`).test(made.text.slice(made.column - 1))) return;
    const fn = site.getFunction();
    here = {
      ...placeOf(site),
      functionName: site.getFunctionName(),
      functionText: typeof fn === 'function' && !wrappers.has(fn) ? functionText(fn) : '',
      isEntry: isEntry(site, fn),
    };
    call = callPlace(site, []);
  }
  const words = internal.translate(message, here, call);
  if (words !== undefined) error.message = words;
}

/** The first line of a stack, as V8 writes it. */
function header(error) {
  try {
    const name = error.name === undefined ? 'Error' : String(error.name);
    const message = error.message === undefined ? '' : String(error.message);
    if (internal.kIsNodeError !== undefined && internal.kIsNodeError in error) return `${name} [${error.code}]: ${message}`;
    if (name === '') return message;
    return message === '' ? name : `${name}: ${message}`;
  } catch {
    return 'Error';
  }
}

internal.isModuleCode = (file, fn, name) => wrappers.has(fn) || (modules.has(file) && isModuleBody(fn, name));
internal.framePlace = framePlace;
internal.translateMessage = translateMessage;
internal.formatStack = function formatStack(error, sites, names, limit) {
  const lines = frames(sites, names).slice(0, limit);
  return lines.length === 0 ? header(error) : `${header(error)}\n    at ${lines.join('\n    at ')}`;
};
