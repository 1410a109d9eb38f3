// `util.inspect`: how Node shows a value, to the byte.

const { isNaN } = internal.intrinsics.Number;
const { Array, Function, Object, Reflect, Symbol } = internal.intrinsics;
const { types } = internal;
const { getPrototypeOf, hasOwn } = Object;
const { ownDescriptor } = internal;
const isEnumerable = (object, key) => Object.prototype.propertyIsEnumerable.call(object, key);

const customInspect = Symbol.for('nodejs.util.inspect.custom');

const DEFAULTS = Object.seal({
  showHidden: false,
  depth: 2,
  colors: false,
  customInspect: true,
  showProxy: false,
  maxArrayLength: 100,
  maxStringLength: 10000,
  breakLength: 80,
  compact: 3,
  sorted: false,
  getters: false,
  numericSeparator: false,
});

const BUILT_IN = new internal.KeptSet();
for (let i = 0; i < internal.globalNames.length; i++) {
  const name = internal.globalNames[i];
  if (/^[A-Z][a-zA-Z0-9]+$/.test(name)) BUILT_IN.add(name);
}

const {
  COLORS, STYLES, ESCAPED, plain, coloured, escapeCharacter, quote, formatNumber, formatPrimitive, prefixOf,
} = internal.inspectText;
const { ARRAY_LIKE, reduceToSingleString } = internal;

// --- names ----------------------------------------------------------------------------------

function isInstance(value, Class) {
  try {
    return value instanceof Class;
  } catch {
    return false;
  }
}

/** The name of the nearest constructor on the prototype chain; null without a prototype. With
    `protoProps`, collects what the classes in between define as properties. */
function constructorName(value, ctx, recurseTimes, protoProps) {
  let firstProto;
  for (let object = value; object !== null; ) {
    const descriptor = ownDescriptor(object, 'constructor');
    const constructor = internal.constructorIn(descriptor);
    if (typeof constructor === 'function' && constructor.name !== '' && isInstance(value, constructor)) {
      if (protoProps !== undefined && (firstProto !== object || !BUILT_IN.has(constructor.name))) {
        addPrototypeProperties(ctx, value, firstProto || value, recurseTimes, protoProps);
      }
      return String(constructor.name);
    }
    object = getPrototypeOf(object);
    if (firstProto === undefined) firstProto = object;
  }
  if (firstProto === null) return null;
  const own = internal.classOf(value);
  if (recurseTimes > ctx.depth && ctx.depth !== null) return `${own} <Complex prototype>`;
  const proto = constructorName(firstProto, ctx, recurseTimes + 1, protoProps);
  if (proto === null) return `${own} <${inspect(firstProto, { ...ctx, customInspect: false, depth: -1 })}>`;
  return `${own} <${proto}>`;
}

function addPrototypeProperties(ctx, main, object, recurseTimes, output) {
  let keys = [];
  const above = new internal.KeptSet();
  for (let depth = 0; depth < 3; depth++) {
    if (depth !== 0 || main === object) {
      object = getPrototypeOf(object);
      if (object === null) return;
      const descriptor = ownDescriptor(object, 'constructor');
      const constructor = internal.constructorIn(descriptor);
      if (typeof constructor === 'function' && BUILT_IN.has(constructor.name)) return;
    }
    for (const key of keys) above.add(key);
    keys = Reflect.ownKeys(object);
    ctx.seen.push(main);
    for (const key of keys) {
      if (key === 'constructor' || hasOwn(main, key) || (depth !== 0 && above.has(key))) continue;
      const descriptor = ownDescriptor(object, key);
      if (typeof descriptor.value === 'function') continue;
      const text = formatProperty(ctx, object, recurseTimes, key, OBJECT, descriptor, main);
      output.push(ctx.colors ? `\u001b[2m${text}\u001b[22m` : text);
    }
    ctx.seen.length--;
  }
}

function stylePrefix(value, constructor, tag) {
  let fallback = '';
  if (constructor === null) {
    fallback = internal.classOf(value);
    if (fallback === tag) fallback = 'Object';
  }
  return prefixOf(constructor, tag, fallback);
}

function keysOf(value, showHidden) {
  const symbols = Object.getOwnPropertySymbols(value);
  if (showHidden) return [...Object.getOwnPropertyNames(value), ...symbols];
  let keys;
  try {
    keys = Object.keys(value);
  } catch {
    keys = Object.getOwnPropertyNames(value); // a module that is not evaluated yet
  }
  for (const symbol of symbols) if (isEnumerable(value, symbol)) keys.push(symbol);
  return keys;
}

const INDEX = /^(0|[1-9][0-9]*)$/;
const isIndex = (key) => typeof key === 'string' && INDEX.test(key) && +key < 2 ** 32 - 1;

function nonIndexKeys(value, showHidden) {
  const keys = [];
  const all = Reflect.ownKeys(value);
  for (let i = 0; i < all.length; i++) {
    if (!isIndex(all[i]) && (showHidden || isEnumerable(value, all[i]))) keys.push(all[i]);
  }
  return keys;
}

// --- values ---------------------------------------------------------------------------------

const OBJECT = 0;
const ARRAY = 1; // an element of an array

function inspect(value, options, ...legacy) {
  const ctx = {
    budget: {},
    indentationLvl: 0,
    seen: [],
    currentDepth: 0,
    stylize: plain,
    ...DEFAULTS,
  };
  if (legacy.length > 0) {
    if (legacy[0] !== undefined) ctx.depth = legacy[0];
    if (legacy[1] !== undefined) ctx.colors = legacy[1];
  }
  if (typeof options === 'boolean') {
    ctx.showHidden = options;
  } else if (options) {
    for (const key of Object.keys(options)) {
      if (hasOwn(DEFAULTS, key) || key === 'stylize') ctx[key] = options[key];
      else ctx.userOptions ??= options;
    }
  }
  if (ctx.colors) ctx.stylize = coloured;
  if (ctx.maxArrayLength === null) ctx.maxArrayLength = Infinity;
  if (ctx.maxStringLength === null) ctx.maxStringLength = Infinity;
  return formatValue(ctx, value, 0);
}

inspect.custom = customInspect;
inspect.colors = COLORS;
inspect.styles = STYLES;
Object.defineProperty(inspect, 'defaultOptions', {
  __proto__: null,
  get: () => DEFAULTS,
  set(options) {
    internal.validateObject(options, 'options');
    Object.assign(DEFAULTS, options);
  },
});

/** The options as a custom inspection function gets them. */
function userOptions(ctx) {
  const options = { stylize: ctx.stylize };
  for (const key of Object.keys(DEFAULTS)) options[key] = ctx[key];
  return { ...options, ...ctx.userOptions };
}

function formatValue(ctx, value, recurseTimes, typedArray) {
  if (typeof value !== 'object' && typeof value !== 'function') return formatPrimitive(ctx.stylize, value, ctx);
  if (value === null) return ctx.stylize('null', 'null');

  const context = value;
  for (let proxy = internal.proxyParts(value); proxy !== undefined; proxy = internal.proxyParts(value)) {
    const { target, handler } = proxy;
    if (target === null) return ctx.stylize('<Revoked Proxy>', 'special');
    if (ctx.showProxy) return formatProxy(ctx, target, handler, recurseTimes);
    value = target;
  }

  if (ctx.customInspect) {
    const custom = value[customInspect];
    if (typeof custom === 'function' && custom !== inspect &&
        !(value.constructor && value.constructor.prototype === value)) {
      const depth = ctx.depth === null ? null : ctx.depth - recurseTimes;
      const shown = custom.call(context, depth, userOptions(ctx), inspect);
      if (shown !== context) {
        if (typeof shown !== 'string') return formatValue(ctx, shown, recurseTimes);
        return shown.replaceAll('\n', `\n${' '.repeat(ctx.indentationLvl)}`);
      }
    }
  }

  if (ctx.seen.includes(value)) {
    ctx.circular ??= new internal.KeptMap();
    let index = ctx.circular.get(value);
    if (index === undefined) {
      index = ctx.circular.size + 1;
      ctx.circular.set(value, index);
    }
    return ctx.stylize(`[Circular *${index}]`, 'special');
  }
  return formatRaw(ctx, value, recurseTimes, typedArray);
}

function formatProxy(ctx, target, handler, recurseTimes) {
  if (recurseTimes > ctx.depth && ctx.depth !== null) return ctx.stylize('Proxy [Array]', 'special');
  recurseTimes += 1;
  ctx.indentationLvl += 2;
  const output = [formatValue(ctx, target, recurseTimes), formatValue(ctx, handler, recurseTimes)];
  ctx.indentationLvl -= 2;
  return reduceToSingleString(ctx, output, '', ['Proxy [', ']'], ARRAY_LIKE, recurseTimes);
}

/** How one kind of object is shown: its keys, braces, what stands before them, its entries. Or
    `done`, where there is nothing to add. */
function shapeOf(ctx, value, recurseTimes, constructor, tag, hasProtoProps, typedArray) {
  const { showHidden } = ctx;
  const tooDeep = recurseTimes > ctx.depth && ctx.depth !== null;
  const none = () => [];
  const bare = (keys) => keys.length === 0 && !hasProtoProps;

  if (Symbol.iterator in value || constructor === null) {
    if (Array.isArray(value)) {
      const prefix = constructor !== 'Array' || tag !== '' ? prefixOf(constructor, tag, 'Array', `(${value.length})`) : '';
      const keys = nonIndexKeys(value, showHidden);
      if (value.length === 0 && bare(keys)) return { done: `${prefix}[]` };
      return { keys, braces: [`${prefix}[`, ']'], extras: ARRAY_LIKE, entries: formatArray };
    }
    if (types.isSet(value) || types.isMap(value)) {
      const kind = types.isSet(value) ? 'Set' : 'Map';
      const size = kind === 'Set' ? setSize.call(value) : mapSize.call(value);
      const prefix = prefixOf(constructor, tag, kind, `(${size})`);
      const keys = keysOf(value, showHidden);
      if (size === 0 && bare(keys)) return { done: `${prefix}{}` };
      return { keys, braces: [`${prefix}{`, '}'], entries: kind === 'Set' ? formatSet : formatMap };
    }
    if (types.isTypedArray(value)) {
      const keys = nonIndexKeys(value, showHidden);
      const fallback = constructor === null ? internal.typedArrayTag(value) : '';
      const bound = constructor === null ? new globalThis[fallback](value) : value;
      const prefix = prefixOf(constructor, tag, fallback, `(${bound.length})`);
      if (bound.length === 0 && keys.length === 0 && !showHidden) return { done: `${prefix}[]` };
      return {
        keys, braces: [`${prefix}[`, ']'], extras: ARRAY_LIKE,
        entries: (c, v, times) => formatTypedArray(c, bound, times),
      };
    }
    if (types.isMapIterator(value) || types.isSetIterator(value)) {
      const kind = types.isMapIterator(value) ? 'Map' : 'Set';
      const shown = tag === `${kind} Iterator` ? tag : `${tag === '' ? '' : `${tag}] [`}${kind} Iterator`;
      const { items, pairs } = remaining(value, kind);
      return {
        keys: keysOf(value, showHidden), braces: [`[${pairs ? shown.replace(/Iterator$/, 'Entries') : shown}] {`, '}'],
        entries: (c, v, times) => formatIterator(c, items, pairs, times),
      };
    }
  }

  const keys = keysOf(value, showHidden);
  if (typeof value === 'function') {
    const base = functionBase(value, constructor, tag);
    if (bare(keys)) return { done: ctx.stylize(base, 'special') };
    return { keys, base, entries: none };
  }
  if (constructor === 'Object') {
    let open = '{';
    if (types.isArgumentsObject(value)) open = '[Arguments] {';
    else if (tag !== '') open = `${prefixOf(constructor, tag, 'Object')}{`;
    if (bare(keys)) return { done: `${open}}` };
    return { keys, braces: [open, '}'], entries: none };
  }
  if (types.isRegExp(value)) {
    let base = regExpToString.call(constructor !== null ? value : new RegExp(value));
    const prefix = prefixOf(constructor, tag, 'RegExp');
    if (prefix !== 'RegExp ') base = `${prefix}${base}`;
    if (bare(keys) || tooDeep) return { done: ctx.stylize(base, 'regexp') };
    return { keys, base, entries: none };
  }
  if (types.isDate(value)) {
    let base = isNaN(getTime.call(value)) ? dateToString.call(value) : toISOString.call(value);
    const prefix = prefixOf(constructor, tag, 'Date');
    if (prefix !== 'Date ') base = `${prefix}${base}`;
    if (bare(keys)) return { done: ctx.stylize(base, 'date') };
    return { keys, base, entries: none };
  }
  if (internal.isError(value)) {
    const base = internal.formatError(ctx, value, constructor, tag, keys);
    if (bare(keys)) return { done: base };
    return { keys, base, entries: none };
  }
  if (types.isAnyArrayBuffer(value)) {
    const prefix = prefixOf(constructor, tag, types.isArrayBuffer(value) ? 'ArrayBuffer' : 'SharedArrayBuffer');
    if (typedArray !== undefined && bare(keys)) {
      return { done: `${prefix}{ byteLength: ${formatNumber(ctx.stylize, value.byteLength, false)} }` };
    }
    keys.unshift('byteLength');
    return { keys, braces: [`${prefix}{`, '}'], entries: typedArray === undefined ? formatArrayBuffer : none };
  }
  if (types.isDataView(value)) {
    keys.unshift('byteLength', 'byteOffset', 'buffer');
    return { keys, braces: [`${prefixOf(constructor, tag, 'DataView')}{`, '}'], entries: none };
  }
  if (types.isPromise(value)) {
    return { keys, braces: [`${prefixOf(constructor, tag, 'Promise')}{`, '}'], entries: formatPromise };
  }
  const isWeakSet = types.isWeakSet(value);
  if (isWeakSet || types.isWeakMap(value)) {
    const prefix = prefixOf(constructor, tag, isWeakSet ? 'WeakSet' : 'WeakMap');
    return { keys, braces: [`${prefix}{`, '}'], entries: (c) => [c.stylize('<items unknown>', 'special')] };
  }
  if (types.isModuleNamespaceObject(value)) {
    const names = keys.splice(0);
    return {
      keys, braces: [`${prefixOf(constructor, tag, 'Module')}{`, '}'],
      entries: (c, v, times) => names.map((name) => formatNamespaceEntry(c, v, times, name)),
    };
  }
  if (types.isBoxedPrimitive(value)) {
    const base = boxedBase(ctx, value, keys, constructor, tag);
    if (bare(keys)) return { done: base };
    return { keys, base, entries: none };
  }
  const prefix = stylePrefix(value, constructor, tag);
  if (bare(keys)) return { done: `${prefix}{}` };
  return { keys, braces: [`${prefix}{`, '}'], entries: none };
}

const setSize = ownDescriptor(Set.prototype, 'size').get;
const mapSize = ownDescriptor(Map.prototype, 'size').get;
const { getTime, toISOString, toString: dateToString } = internal.intrinsics.Date.prototype;
const { toString: regExpToString } = internal.intrinsics.RegExp.prototype;

function formatRaw(ctx, value, recurseTimes, typedArray) {
  let protoProps = ctx.showHidden && (recurseTimes <= ctx.depth || ctx.depth === null) ? [] : undefined;
  const constructor = constructorName(value, ctx, recurseTimes, protoProps);
  if (protoProps?.length === 0) protoProps = undefined;

  // A tag that is shown as a property is not shown twice.
  let tag = value[Symbol.toStringTag];
  if (typeof tag !== 'string' || (tag !== '' && (ctx.showHidden ? hasOwn : isEnumerable)(value, Symbol.toStringTag))) tag = '';

  const shape = shapeOf(ctx, value, recurseTimes, constructor, tag, protoProps !== undefined, typedArray);
  if (hasOwn(shape, 'done')) return shape.done;
  const { keys, braces = ['{', '}'], entries, extras = OBJECT } = shape;
  let { base = '' } = shape;

  if (recurseTimes > ctx.depth && ctx.depth !== null) {
    const name = stylePrefix(value, constructor, tag).slice(0, -1);
    return ctx.stylize(constructor !== null ? `[${name}]` : name, 'special');
  }
  recurseTimes += 1;
  ctx.seen.push(value);
  ctx.currentDepth = recurseTimes;
  const { indentationLvl } = ctx;
  let output;
  try {
    output = entries(ctx, value, recurseTimes);
    for (const key of keys) output.push(formatProperty(ctx, value, recurseTimes, key, extras));
    if (protoProps !== undefined) output.push(...protoProps);
  } catch (error) {
    if (!(error instanceof RangeError && error.message === 'Maximum call stack size exceeded')) throw error;
    ctx.seen.length--;
    ctx.indentationLvl = indentationLvl;
    const name = stylePrefix(value, constructor, tag).slice(0, -1);
    return ctx.stylize(`[${name}: Inspection interrupted prematurely. Maximum call stack size exceeded.]`, 'special');
  }
  const reference = ctx.circular?.get(value);
  if (reference !== undefined) {
    const mark = ctx.stylize(`<ref *${reference}>`, 'special');
    if (ctx.compact !== true) base = base === '' ? mark : `${mark} ${base}`;
    else braces[0] = `${mark} ${braces[0]}`;
  }
  ctx.seen.length--;

  if (ctx.sorted) {
    const order = ctx.sorted === true ? undefined : ctx.sorted;
    if (extras === OBJECT) output.sort(order);
    else if (keys.length > 1) output.push(...output.splice(output.length - keys.length).sort(order));
  }
  const text = reduceToSingleString(ctx, output, base, braces, extras, recurseTimes, value);
  const used = (ctx.budget[ctx.indentationLvl] || 0) + text.length;
  ctx.budget[ctx.indentationLvl] = used;
  if (used > 2 ** 27) ctx.depth = -1;
  return text;
}

function functionBase(value, constructor, tag) {
  if (internal.isLibraryClass(value)) return classBase(value, constructor, tag);
  const source = Function.prototype.toString.call(value);
  if (source.startsWith('class') && source.endsWith('}')) {
    const body = source.slice(5, -1);
    const brace = body.indexOf('{');
    if (brace !== -1 && (!body.slice(0, brace).includes('(') ||
        /^(\s+[^(]*?)\s*{/.test(body.replace(/(\/\/.*?\n)|(\/\*(.|\n)*?\*\/)/g, '')))) {
      return classBase(value, constructor, tag);
    }
  }
  let type = 'Function';
  if (types.isGeneratorFunction(value)) type = `Generator${type}`;
  if (types.isAsyncFunction(value)) type = `Async${type}`;
  let base = `[${type}${constructor === null ? ' (null prototype)' : ''}`;
  base += value.name === '' ? ' (anonymous)]' : `: ${value.name}]`;
  if (constructor !== type && constructor !== null) base += ` ${constructor}`;
  if (tag !== '' && constructor !== tag) base += ` [${tag}]`;
  return base;
}

function classBase(value, constructor, tag) {
  const name = (hasOwn(value, 'name') && value.name) || '(anonymous)';
  let base = `class ${name}`;
  if (constructor !== 'Function' && constructor !== null) base += ` [${constructor}]`;
  if (tag !== '' && constructor !== tag) base += ` [${tag}]`;
  if (constructor === null) return `[${base} extends [null prototype]]`;
  const { name: parent } = getPrototypeOf(value);
  return `[${base}${parent ? ` extends ${parent}` : ''}]`;
}

function boxedBase(ctx, value, keys, constructor, tag) {
  let type = 'Symbol';
  if (types.isNumberObject(value)) type = 'Number';
  else if (types.isStringObject(value)) {
    type = 'String';
    keys.splice(0, value.length);
  } else if (types.isBooleanObject(value)) type = 'Boolean';
  else if (types.isBigIntObject(value)) type = 'BigInt';
  const primitive = globalThis[type].prototype.valueOf.call(value);
  let base = `[${type}`;
  if (type !== constructor) base += constructor === null ? ' (null prototype)' : ` (${constructor})`;
  base += `: ${formatPrimitive(plain, primitive, ctx)}]`;
  if (tag !== '' && tag !== constructor) base += ` [${tag}]`;
  if (keys.length !== 0 || ctx.stylize === plain) return base;
  return ctx.stylize(base, type.toLowerCase());
}

// --- properties -----------------------------------------------------------------------------

function formatProperty(ctx, value, recurseTimes, key, type, descriptor, original = value) {
  let text;
  let gap = ' ';
  const property = descriptor ?? ownDescriptor(value, key) ?? { __proto__: null, value: value[key], enumerable: true };
  if (property.value !== undefined) {
    const indent = ctx.compact !== true || type !== OBJECT ? 2 : 3;
    ctx.indentationLvl += indent;
    text = formatValue(ctx, property.value, recurseTimes);
    if (indent === 3 && ctx.breakLength < internal.stringWidth(text, ctx.colors)) {
      gap = `\n${' '.repeat(ctx.indentationLvl)}`;
    }
    ctx.indentationLvl -= indent;
  } else if (property.get !== undefined) {
    text = formatGetter(ctx, property, original, recurseTimes);
  } else if (property.set !== undefined) {
    text = ctx.stylize('[Setter]', 'special');
  } else {
    text = ctx.stylize('undefined', 'undefined');
  }
  if (type === ARRAY) return text;
  return `${propertyName(ctx, key, property)}:${gap}${text}`;
}

function formatGetter(ctx, property, original, recurseTimes) {
  const label = property.set !== undefined ? 'Getter/Setter' : 'Getter';
  const special = (shown) => ctx.stylize(shown, 'special');
  const { getters } = ctx;
  if (!getters || (getters === 'get' && property.set !== undefined) || (getters === 'set' && property.set === undefined)) {
    return special(`[${label}]`);
  }
  try {
    const value = property.get.call(original);
    ctx.indentationLvl += 2;
    let text;
    if (value === null) text = `${special(`[${label}:`)} ${ctx.stylize('null', 'null')}${special(']')}`;
    else if (typeof value === 'object') text = `${special(`[${label}]`)} ${formatValue(ctx, value, recurseTimes)}`;
    else text = `${special(`[${label}:`)} ${formatPrimitive(ctx.stylize, value, ctx)}${special(']')}`;
    ctx.indentationLvl -= 2;
    return text;
  } catch (error) {
    return `${special(`[${label}:`)} <Inspection threw (${error.message})>${special(']')}`;
  }
}

function propertyName(ctx, key, property) {
  if (typeof key === 'symbol') {
    return `[${ctx.stylize(Symbol.prototype.toString.call(key).replace(ESCAPED, escapeCharacter), 'symbol')}]`;
  }
  if (key === '__proto__') return "['__proto__']";
  if (property.enumerable === false) return `[${String(key).replace(ESCAPED, escapeCharacter)}]`;
  if (/^[a-zA-Z_][a-zA-Z_0-9]*$/.test(key)) return ctx.stylize(key, 'name');
  return ctx.stylize(quote(String(key)), 'string');
}

internal.inspectParts = { formatValue, formatProperty };
const {
  formatArray, formatArrayBuffer, formatTypedArray, formatSet, formatMap, formatPromise, formatNamespaceEntry, remaining,
  formatIterator,
} = internal.inspectEntries;

internal.inspect = inspect;
internal.builtInNames = BUILT_IN;
