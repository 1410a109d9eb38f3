// `error.stack` in V8's form. The engine hands each new error here with its call sites.

const { Math, Object } = internal.intrinsics;
const setLimit = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit').set;
const setPrepare = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace').set;
const { defineProperty } = Object;

/** Frames taken, so that ten are left once those of the prelude are dropped. */
const MOST_FRAMES = 32;
setLimit.call(Error, MOST_FRAMES);

// To a program `stackTraceLimit` is a plain property, and `prepareStackTrace` is its own to set.
delete Error.prepareStackTrace;
delete Error.stackTraceLimit;
Error.stackTraceLimit = 10;

/** Functions that wrap CommonJS modules. */
internal.wrappers = new internal.KeptWeakSet();

/** Paths of ES modules, which V8 shows as URLs. */
internal.modulePaths = new internal.KeptSet();

const isPrelude = (site) => internal.ready && !!site?.getFileName()?.startsWith('node:');
const isNative = (site) => site.isNative() || !site.getFileName();
const isOfPackage = (site) => !!site.getFileName()?.includes('/node_modules/');
Object.assign(internal, { isPrelude, isNative });

// --- the hook -------------------------------------------------------------------------------

/** error → its call sites and the names of what made it */
const captured = new internal.KeptWeakMap();

/** The last thing thrown that was no object, and where. */
let lastPrimitive;

/** Where an error was made: its topmost frame in the program's own files. Where it is looked for
    `outside` of packages, that is the topmost one there, if there is any. */
internal.topPlace = function topPlace(error, outside = false) {
  const isObject = typeof error === 'object' && error !== null;
  const taken = isObject ? captured.get(error) : Object.is(error, lastPrimitive?.value) ? lastPrimitive : undefined;
  if (taken === undefined) return undefined;
  const { sites, names } = taken;
  const isOwn = (site) => !isNative(site) && !isPrelude(site);
  let top = outside ? sites.findIndex((site) => isOwn(site) && !isOfPackage(site)) : -1;
  if (top === -1) top = sites.findIndex(isOwn);
  if (top === -1) return undefined;
  return internal.framePlace(sites, top, top === 0 ? names : [sites[top - 1].getFunctionName() ?? '']);
};

/** Whether an error was made while the code of a package's module runs for the first time. */
internal.loadsPackage = function loadsPackage(error) {
  const { sites = [] } = captured.get(error) ?? {};
  return sites.some((site) => {
    return isOfPackage(site) && internal.isModuleCode(site.getFileName(), site.getFunction(), site.getFunctionName());
  });
};

/** What V8's call sites can also tell, of frames that are not evaluated. */
const SITE_METHODS = {
  getEvalOrigin: () => undefined,
  getMethodName: () => null,
  getScriptNameOrSourceURL() { return this.getFileName(); },
  getThis: () => undefined,
  getTypeName: () => 'Object',
  isConstructor: () => false,
  isEval: () => false,
  isPromiseAll() { return this.getFunctionName() === 'Promise.all' && this.getPromiseIndex() !== null; },
  isToplevel: () => false,
  toString() {
    const place = `${this.getFileName()}:${this.getLineNumber()}:${this.getColumnNumber()}`;
    const name = this.getFunctionName();
    return name ? `${name} (${place})` : place;
  },
};

function likeV8(sites) {
  const prototype = sites.length > 0 ? Object.getPrototypeOf(sites[0]) : {};
  for (const [name, method] of Object.entries(SITE_METHODS)) {
    if (!Object.hasOwn(prototype, name)) internal.hidden(prototype, name, method);
  }
  return sites;
}

function format(error) {
  const { sites, names, limit } = captured.get(error);
  const custom = Error.prepareStackTrace;
  return typeof custom === 'function' ? custom.call(Error, error, likeV8(sites.slice(0, limit))) : internal.formatStack(error, sites, names, limit);
}

/** Gives an object its `stack`. Like V8's, the text is made when it is first looked at: what the
    constructor does to `name` and `message` until then is in it. */
function attach(error, sites, names) {
  const { stackTraceLimit } = Error;
  if (typeof stackTraceLimit !== 'number') return;
  captured.set(error, { sites, names, limit: Math.max(0, stackTraceLimit) });
  const settle = (value) => {
    defineProperty(error, 'stack', { __proto__: null, value, writable: true, configurable: true, enumerable: false });
    return value;
  };
  try {
    defineProperty(error, 'stack', {
      __proto__: null,
      configurable: true,
      enumerable: false,
      get: () => settle(format(error)),
      set: settle,
    });
  } catch {
    // frozen
  }
}

/** Set while the sites are taken for `Error.captureStackTrace`. */
let capturing;

const ENGINE_ERRORS = new internal.KeptSet(['TypeError', 'ReferenceError', 'RangeError', 'SyntaxError', 'URIError']);

/** Puts a message of the engine's into V8's words. */
function translate(error, site) {
  if (ENGINE_ERRORS.has(error.name) && internal.ready) internal.translateMessage(error, site);
}

/** What the engine is answered: it asks again for the same error until it gets something. */
const TAKEN = '';

// Called when an error is made, and when anything is thrown.
setPrepare.call(Error, function prepareStackTrace(error, sites) {
  if (capturing !== undefined) {
    capturing.sites = sites;
    return TAKEN;
  }
  if (typeof error !== 'object' || error === null) {
    lastPrimitive = { value: error, sites, names: [] };
    return TAKEN;
  }
  if (captured.has(error)) return TAKEN;
  if (error.message === 'interrupted' && error.name === 'InternalError') {
    // A limit, or the program is over: the engine raises it where it is.
    captured.set(error, { sites, names: [], limit: 0 });
    host.stoppedAt(internal.shownPlace(error));
    return TAKEN;
  }
  if (!internal.isNativeError(error) && !(error instanceof DOMException)) {
    captured.set(error, { sites, names: [], limit: 0 });
    return TAKEN;
  }
  if (Object.hasOwn(error, 'message')) {
    // A class that is called throws from within itself.
    const ofCaller = error.message === "class constructors must be invoked with 'new'";
    translate(error, sites[0]);
    if (ofCaller) sites.shift();
  }
  const { constructor } = error;
  const name = typeof constructor === 'function' ? constructor.name : 'Error';
  // V8 points at the property that could not be read.
  const property = /^Cannot read properties of .* \(reading '([\w$]+)'\)$/.exec(error.message);
  if (property !== null && !isPrelude(sites[0])) {
    attach(error, sites, [`get ${property[1]}`]);
    return TAKEN;
  }
  // V8 leaves out the constructors of the error's own classes.
  const made = sites.findLastIndex((site) => site.getFunction() === constructor);
  if (made === -1) attach(error, sites, [name, 'super', 'Error']);
  else attach(error, sites.slice(made + 1), [name]);
  return TAKEN;
});

const captureNative = Error.captureStackTrace;
internal.hidden(Error, 'captureStackTrace', function captureStackTrace(target, above) {
  if ((typeof target !== 'object' && typeof target !== 'function') || target === null) {
    throw new TypeError(`Invalid argument: ${String(target)}`);
  }
  capturing = {};
  try {
    captureNative({}, above ?? captureStackTrace);
    attach(target, capturing.sites ?? [], [above?.name ?? 'captureStackTrace']);
  } finally {
    capturing = undefined;
  }
});
