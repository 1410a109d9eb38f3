// `util.inspect`: how Node shows a value, to the byte.

const { types } = internal;
const { getPrototypeOf, getOwnPropertyDescriptor, hasOwn } = Object;
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

const BUILT_IN = new Set(internal.globalNames.filter((name) => /^[A-Z][a-zA-Z0-9]+$/.test(name)));

// --- styles ---------------------------------------------------------------------------------

const COLORS = {
  __proto__: null,
  reset: [0, 0], bold: [1, 22], dim: [2, 22], italic: [3, 23], underline: [4, 24], inverse: [7, 27],
  strikethrough: [9, 29], black: [30, 39], red: [31, 39], green: [32, 39], yellow: [33, 39], blue: [34, 39],
  magenta: [35, 39], cyan: [36, 39], white: [37, 39], gray: [90, 39], grey: [90, 39],
};
const STYLES = {
  __proto__: null,
  special: 'cyan', number: 'yellow', bigint: 'yellow', boolean: 'yellow', undefined: 'grey', null: 'bold',
  string: 'green', symbol: 'green', date: 'magenta', regexp: 'red', module: 'underline',
};
const plain = (text) => text;
function coloured(text, style) {
  const color = inspect.colors[inspect.styles[style]];
  return color === undefined ? text : `\u001b[${color[0]}m${text}\u001b[${color[1]}m`;
}

const ANSI = /[\u001b\u009b][[\]()#;?]*(?:(?:(?:(?:;[-a-zA-Z\d/#&.:=?%@~_]+)*|[a-zA-Z\d]+(?:;[-a-zA-Z\d/#&.:=?%@~_]*)*)?(?:\u0007|\u001b\\|\u009c))|(?:(?:\d{1,4}(?:;\d{0,4})*)?[\dA-PR-TZcf-nq-uy=><~]))/g;
internal.stripColors = (text) => text.replace(ANSI, '');

const isWide = (code) =>
  code >= 0x1100 && (code <= 0x115f || code === 0x2329 || code === 0x232a ||
    (code >= 0x2e80 && code <= 0x3247 && code !== 0x303f) || (code >= 0x3250 && code <= 0x4dbf) ||
    (code >= 0x4e00 && code <= 0xa4c6) || (code >= 0xa960 && code <= 0xa97c) || (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) || (code >= 0xfe10 && code <= 0xfe19) || (code >= 0xfe30 && code <= 0xfe6b) ||
    (code >= 0xff01 && code <= 0xff60) || (code >= 0xffe0 && code <= 0xffe6) || (code >= 0x1b000 && code <= 0x1b001) ||
    (code >= 0x1f200 && code <= 0x1f251) || (code >= 0x1f300 && code <= 0x1f64f) || (code >= 0x1f680 && code <= 0x1f6ff) ||
    (code >= 0x1f900 && code <= 0x1f9ff) || (code >= 0x20000 && code <= 0x3fffd));
const isZeroWidth = (code) =>
  code <= 0x1f || (code >= 0x7f && code <= 0x9f) || (code >= 0x300 && code <= 0x36f) || (code >= 0x200b && code <= 0x200f) ||
  (code >= 0x20d0 && code <= 0x20ff) || (code >= 0xfe00 && code <= 0xfe0f) || (code >= 0xfe20 && code <= 0xfe2f) ||
  (code >= 0xe0100 && code <= 0xe01ef);

/** Columns that a text takes on a terminal. */
internal.stringWidth = function stringWidth(text, stripped = true) {
  if (stripped && text.includes('\u001b')) text = internal.stripColors(text);
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const character of text.normalize('NFC')) {
    const code = character.codePointAt(0);
    if (isWide(code)) width += 2;
    else if (!isZeroWidth(code)) width++;
  }
  return width;
};

// --- primitives -----------------------------------------------------------------------------

const ESCAPED = /[\x00-\x1f\x27\x5c\x7f-\x9f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const ESCAPED_BUT_QUOTE = /[\x00-\x1f\x5c\x7f-\x9f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const NAMED_ESCAPES = { '\b': '\\b', '\t': '\\t', '\n': '\\n', '\f': '\\f', '\r': '\\r', "'": "\\'", '\\': '\\\\' };

function escapeCharacter(character) {
  const named = NAMED_ESCAPES[character];
  if (named !== undefined) return named;
  const code = character.charCodeAt(0);
  return code < 0x100 ? `\\x${code.toString(16).toUpperCase().padStart(2, '0')}` : `\\u${code.toString(16)}`;
}

/** In single quotes, or in the first other kind that spares an escape. */
function quote(text) {
  if (!text.includes("'")) return `'${text.replace(ESCAPED, escapeCharacter)}'`;
  const escaped = () => text.replace(ESCAPED_BUT_QUOTE, escapeCharacter);
  if (!text.includes('"')) return `"${escaped()}"`;
  if (!text.includes('`') && !text.includes('${')) return `\`${escaped()}\``;
  return `'${text.replace(ESCAPED, escapeCharacter)}'`;
}

function separated(digits) {
  return digits.replace(/\B(?=(\d{3})+$)/g, '_');
}

function formatNumber(style, number, separators) {
  if (!separators) return style(Object.is(number, -0) ? '-0' : `${number}`, 'number');
  const text = String(number);
  if (!Number.isFinite(number) || text.includes('e')) return style(text, 'number');
  const [whole, fraction] = text.split('.');
  const sign = whole.startsWith('-') ? '-' : '';
  const shown = sign + separated(whole.slice(sign.length));
  if (fraction === undefined) return style(shown, 'number');
  return style(`${shown}.${fraction.replace(/(\d{3})(?=\d)/g, '$1_')}`, 'number');
}

function formatBigInt(style, bigint, separators) {
  const text = String(bigint);
  const sign = text.startsWith('-') ? '-' : '';
  return style(`${separators ? sign + separated(text.slice(sign.length)) : text}n`, 'bigint');
}

internal.formatNumber = (number, options) => formatNumber(plain, number, options?.numericSeparator ?? DEFAULTS.numericSeparator);
internal.formatBigInt = (bigint, options) => formatBigInt(plain, bigint, options?.numericSeparator ?? DEFAULTS.numericSeparator);

const plural = (count) => (count > 1 ? 's' : '');
const moreItems = (count) => `... ${count} more item${plural(count)}`;

function formatPrimitive(style, value, ctx) {
  switch (typeof value) {
    case 'string': {
      let trailer = '';
      if (value.length > ctx.maxStringLength) {
        const rest = value.length - ctx.maxStringLength;
        value = value.slice(0, ctx.maxStringLength);
        trailer = `... ${rest} more character${plural(rest)}`;
      }
      if (ctx.compact !== true && value.length > 16 && value.length > ctx.breakLength - ctx.indentationLvl - 4) {
        const joint = ` +\n${' '.repeat(ctx.indentationLvl + 2)}`;
        return value.split(/(?<=\n)/).map((line) => style(quote(line), 'string')).join(joint) + trailer;
      }
      return style(quote(value), 'string') + trailer;
    }
    case 'number': return formatNumber(style, value, ctx.numericSeparator);
    case 'bigint': return formatBigInt(style, value, ctx.numericSeparator);
    case 'boolean': return style(`${value}`, 'boolean');
    case 'undefined': return style('undefined', 'undefined');
    default: return style(Symbol.prototype.toString.call(value), 'symbol');
  }
}

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
    const descriptor = getOwnPropertyDescriptor(object, 'constructor');
    if (descriptor !== undefined && typeof descriptor.value === 'function' && descriptor.value.name !== '' &&
        isInstance(value, descriptor.value)) {
      if (protoProps !== undefined && (firstProto !== object || !BUILT_IN.has(descriptor.value.name))) {
        addPrototypeProperties(ctx, value, firstProto || value, recurseTimes, protoProps);
      }
      return String(descriptor.value.name);
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
  const above = new Set();
  for (let depth = 0; depth < 3; depth++) {
    if (depth !== 0 || main === object) {
      object = getPrototypeOf(object);
      if (object === null) return;
      const descriptor = getOwnPropertyDescriptor(object, 'constructor');
      if (typeof descriptor?.value === 'function' && BUILT_IN.has(descriptor.value.name)) return;
    }
    for (const key of keys) above.add(key);
    keys = Reflect.ownKeys(object);
    ctx.seen.push(main);
    for (const key of keys) {
      if (key === 'constructor' || hasOwn(main, key) || (depth !== 0 && above.has(key))) continue;
      const descriptor = getOwnPropertyDescriptor(object, key);
      if (typeof descriptor.value === 'function') continue;
      const text = formatProperty(ctx, object, recurseTimes, key, OBJECT, descriptor, main);
      output.push(ctx.colors ? `\u001b[2m${text}\u001b[22m` : text);
    }
    ctx.seen.pop();
  }
}

function prefixOf(constructor, tag, fallback, size = '') {
  if (constructor === null) {
    if (tag !== '' && fallback !== tag) return `[${fallback}${size}: null prototype] [${tag}] `;
    return `[${fallback}${size}: null prototype] `;
  }
  if (tag !== '' && constructor !== tag) return `${constructor}${size} [${tag}] `;
  return `${constructor}${size} `;
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
const isIndex = (key) => typeof key === 'string' && INDEX.test(key) && Number(key) < 2 ** 32 - 1;

function nonIndexKeys(value, showHidden) {
  return Reflect.ownKeys(value).filter((key) => !isIndex(key) && (showHidden || isEnumerable(value, key)));
}

// --- values ---------------------------------------------------------------------------------

const OBJECT = 0;
const ARRAY = 1; // an element of an array
const ARRAY_LIKE = 2; // an object whose entries can be grouped

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
    ctx.circular ??= new Map();
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
      // What an iterator will still give cannot be seen without taking it.
      return { keys: keysOf(value, showHidden), braces: [`[${shown}] {`, '}'], entries: (c) => [c.stylize('<items unknown>', 'special')] };
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
    let base = RegExp.prototype.toString.call(constructor !== null ? value : new RegExp(value));
    const prefix = prefixOf(constructor, tag, 'RegExp');
    if (prefix !== 'RegExp ') base = `${prefix}${base}`;
    if (bare(keys) || tooDeep) return { done: ctx.stylize(base, 'regexp') };
    return { keys, base, entries: none };
  }
  if (types.isDate(value)) {
    let base = Number.isNaN(getTime.call(value)) ? dateToString.call(value) : toISOString.call(value);
    const prefix = prefixOf(constructor, tag, 'Date');
    if (prefix !== 'Date ') base = `${prefix}${base}`;
    if (bare(keys)) return { done: ctx.stylize(base, 'date') };
    return { keys, base, entries: none };
  }
  if (internal.isError(value)) {
    const base = formatError(ctx, value, constructor, tag, keys);
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
  for (const [is, kind] of [[types.isWeakSet, 'WeakSet'], [types.isWeakMap, 'WeakMap']]) {
    if (is(value)) {
      return { keys, braces: [`${prefixOf(constructor, tag, kind)}{`, '}'], entries: (c) => [c.stylize('<items unknown>', 'special')] };
    }
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

const setSize = getOwnPropertyDescriptor(Set.prototype, 'size').get;
const mapSize = getOwnPropertyDescriptor(Map.prototype, 'size').get;
const { getTime, toISOString, toString: dateToString } = Date.prototype;

function formatRaw(ctx, value, recurseTimes, typedArray) {
  let protoProps = ctx.showHidden && (recurseTimes <= ctx.depth || ctx.depth === null) ? [] : undefined;
  const constructor = constructorName(value, ctx, recurseTimes, protoProps);
  if (protoProps?.length === 0) protoProps = undefined;

  // A tag that is shown as a property is not shown twice.
  let tag = value[Symbol.toStringTag];
  if (typeof tag !== 'string' || (tag !== '' && (ctx.showHidden ? hasOwn : isEnumerable)(value, Symbol.toStringTag))) tag = '';

  const shape = shapeOf(ctx, value, recurseTimes, constructor, tag, protoProps !== undefined, typedArray);
  if (shape.done !== undefined) return shape.done;
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
    ctx.seen.pop();
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
  ctx.seen.pop();

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

// --- errors ---------------------------------------------------------------------------------

const stackOf = (error) => (error.stack ? String(error.stack) : Error.prototype.toString.call(error));

/** The longest run of lines, above three, that `a` shares with `b`. */
function sharedLines(a, b) {
  for (let i = 0; i < a.length - 3; i++) {
    const at = b.indexOf(a[i]);
    if (at === -1) continue;
    const most = Math.min(a.length - i, b.length - at);
    if (b.length - at <= 3) continue;
    let length = 1;
    while (length < most && a[i + length] === b[at + length]) length++;
    if (length > 3) return { length, offset: i };
  }
  return { length: 0, offset: 0 };
}

function stackLines(ctx, error, text) {
  const lines = text.split('\n');
  let cause;
  try {
    ({ cause } = error);
  } catch {
    // a getter that throws
  }
  if (cause != null && internal.isError(cause)) {
    const causeStack = stackOf(cause);
    const start = causeStack.indexOf('\n    at');
    if (start !== -1) {
      const { length, offset } = sharedLines(lines, causeStack.slice(start + 1).split('\n'));
      if (length > 0) {
        const skipped = length - 2;
        lines.splice(offset + 1, skipped, ctx.stylize(`    ... ${skipped} lines matching cause stack trace ...`, 'undefined'));
      }
    }
  }
  return lines;
}

/** Puts the class into the first line, where the stack was made before the name was known. */
function improveStack(stack, constructor, name, tag) {
  let { length } = name;
  const regular = name.endsWith('Error') && stack.startsWith(name) &&
    (stack.length === length || stack[length] === ':' || stack[length] === '\n');
  if (constructor !== null && !regular) return stack;
  let fallback = 'Error';
  if (constructor === null) {
    const start = /^([A-Z][a-z_ A-Z0-9[\]()-]+)(?::|\n {4}at)/.exec(stack) ?? /^([a-z_A-Z0-9-]*Error)$/.exec(stack);
    fallback = (start && start[1]) || '';
    ({ length } = fallback);
    fallback ||= 'Error';
  }
  const prefix = prefixOf(constructor, tag, fallback).slice(0, -1);
  if (name === prefix) return stack;
  if (!prefix.includes(name)) return `${prefix} [${name}]${stack.slice(length)}`;
  return length === 0 ? `${prefix}: ${stack}` : `${prefix}${stack.slice(length)}`;
}

function formatError(ctx, error, constructor, tag, keys) {
  const name = error.name != null ? String(error.name) : 'Error';
  let stack = stackOf(error);
  if (!ctx.showHidden && keys.length !== 0) {
    for (const key of ['name', 'message', 'stack']) {
      const index = keys.indexOf(key);
      if (index !== -1 && stack.includes(error[key])) keys.splice(index, 1);
    }
  }
  if ('cause' in error && !keys.includes('cause')) keys.push('cause');
  if (Array.isArray(error.errors) && !keys.includes('errors')) keys.push('errors');
  stack = improveStack(stack, constructor, name, tag);

  let at = (error.message && stack.indexOf(error.message)) || -1;
  if (at !== -1) at += error.message.length;
  const frames = stack.indexOf('\n    at', at);
  if (frames === -1) {
    stack = `[${stack}]`;
  } else {
    const lines = stackLines(ctx, error, stack.slice(frames + 1));
    const shown = ctx.colors
      ? lines.map((line) => (/^ {4}at (?:[^/\\(]+ \(|)node:(.+):\d+:\d+\)?$/.test(line) ? ctx.stylize(line, 'undefined') : line))
      : lines;
    stack = `${stack.slice(0, frames)}\n${shown.join('\n')}`;
  }
  if (ctx.indentationLvl !== 0) stack = stack.replaceAll('\n', `\n${' '.repeat(ctx.indentationLvl)}`);
  return stack;
}

// --- entries --------------------------------------------------------------------------------

function formatArray(ctx, value, recurseTimes) {
  const shown = Math.min(Math.max(0, ctx.maxArrayLength), value.length);
  const output = [];
  for (let i = 0; i < shown; i++) {
    if (!hasOwn(value, i)) return formatSparseArray(ctx, value, recurseTimes, shown, output, i);
    output.push(formatProperty(ctx, value, recurseTimes, i, ARRAY));
  }
  if (value.length > shown) output.push(moreItems(value.length - shown));
  return output;
}

function formatSparseArray(ctx, value, recurseTimes, most, output, start) {
  const keys = Object.keys(value);
  const empty = (count) => ctx.stylize(`<${count} empty item${plural(count)}>`, 'undefined');
  let index = start;
  for (let i = start; i < keys.length && output.length < most; i++) {
    const key = keys[i];
    const at = +key;
    if (at > 2 ** 32 - 2) break;
    if (`${index}` !== key) {
      if (!INDEX.test(key)) break;
      output.push(empty(at - index));
      index = at;
      if (output.length === most) break;
    }
    output.push(formatProperty(ctx, value, recurseTimes, key, ARRAY));
    index++;
  }
  const rest = value.length - index;
  if (output.length !== most) {
    if (rest > 0) output.push(empty(rest));
  } else if (rest > 0) {
    output.push(moreItems(rest));
  }
  return output;
}

function formatArrayBuffer(ctx, value) {
  let bytes;
  try {
    bytes = new Uint8Array(value);
  } catch {
    return [ctx.stylize('(detached)', 'special')];
  }
  const shown = Math.min(ctx.maxArrayLength, bytes.length);
  let text = Array.from(bytes.subarray(0, shown), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  const rest = bytes.length - ctx.maxArrayLength;
  if (rest > 0) text += ` ... ${rest} more byte${plural(rest)}`;
  return [`${ctx.stylize('[Uint8Contents]', 'special')}: <${text}>`];
}

function formatTypedArray(ctx, value, recurseTimes) {
  const shown = Math.min(Math.max(0, ctx.maxArrayLength), value.length);
  const element = value.length > 0 && typeof value[0] === 'number' ? formatNumber : formatBigInt;
  const output = [];
  for (let i = 0; i < shown; i++) output.push(element(ctx.stylize, value[i], ctx.numericSeparator));
  if (value.length > shown) output.push(moreItems(value.length - shown));
  if (ctx.showHidden) {
    ctx.indentationLvl += 2;
    for (const key of ['BYTES_PER_ELEMENT', 'length', 'byteLength', 'byteOffset', 'buffer']) {
      output.push(`[${key}]: ${formatValue(ctx, value[key], recurseTimes, true)}`);
    }
    ctx.indentationLvl -= 2;
  }
  return output;
}

function formatSet(ctx, value, recurseTimes) {
  const shown = Math.min(Math.max(0, ctx.maxArrayLength), value.size);
  const output = [];
  ctx.indentationLvl += 2;
  for (const element of Set.prototype.values.call(value)) {
    if (output.length >= shown) break;
    output.push(formatValue(ctx, element, recurseTimes));
  }
  const size = setSize.call(value);
  if (size > shown) output.push(moreItems(size - shown));
  ctx.indentationLvl -= 2;
  return output;
}

function formatMap(ctx, value, recurseTimes) {
  const size = mapSize.call(value);
  const shown = Math.min(Math.max(0, ctx.maxArrayLength), size);
  const output = [];
  ctx.indentationLvl += 2;
  for (const [key, element] of Map.prototype.entries.call(value)) {
    if (output.length >= shown) break;
    output.push(`${formatValue(ctx, key, recurseTimes)} => ${formatValue(ctx, element, recurseTimes)}`);
  }
  if (size > shown) output.push(moreItems(size - shown));
  ctx.indentationLvl -= 2;
  return output;
}

function formatPromise(ctx, value, recurseTimes) {
  const [state, result] = host.promiseState(value);
  if (state === 'pending') return [ctx.stylize('<pending>', 'special')];
  ctx.indentationLvl += 2;
  const text = formatValue(ctx, result, recurseTimes);
  ctx.indentationLvl -= 2;
  return [state === 'rejected' ? `${ctx.stylize('<rejected>', 'special')} ${text}` : text];
}

function formatNamespaceEntry(ctx, value, recurseTimes, name) {
  try {
    return formatProperty(ctx, value, recurseTimes, name, OBJECT);
  } catch {
    const text = formatProperty(ctx, { [name]: '' }, recurseTimes, name, OBJECT);
    return text.slice(0, text.lastIndexOf(' ') + 1) + ctx.stylize('<uninitialized>', 'special');
  }
}

function formatProperty(ctx, value, recurseTimes, key, type, descriptor, original = value) {
  let text;
  let gap = ' ';
  const property = descriptor ?? getOwnPropertyDescriptor(value, key) ?? { value: value[key], enumerable: true };
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

// --- layout ---------------------------------------------------------------------------------

/** Puts the entries of a long array into columns. */
function groupArrayElements(ctx, output, value) {
  let total = 0;
  let longest = 0;
  let i = 0;
  let entries = output.length;
  if (ctx.maxArrayLength < output.length) entries--; // the "more items" line stays alone
  const GAP = 2;
  const widths = new Array(entries);
  for (; i < entries; i++) {
    const width = internal.stringWidth(output[i], ctx.colors);
    widths[i] = width;
    total += width + GAP;
    if (longest < width) longest = width;
  }
  const column = longest + GAP;
  if (column * 3 + ctx.indentationLvl >= ctx.breakLength || (total / column <= 5 && longest > 6)) return output;

  // A character is about 2.5 times as high as wide: the columns aim at a square.
  const bias = Math.max(column - 3 - Math.sqrt(column - total / output.length), 1);
  const columns = Math.min(
    Math.round(Math.sqrt(2.5 * bias * entries) / bias),
    Math.floor((ctx.breakLength - ctx.indentationLvl) / column),
    ctx.compact * 4,
    15,
  );
  if (columns <= 1) return output;
  const lineWidths = [];
  for (i = 0; i < columns; i++) {
    let width = 0;
    for (let j = i; j < output.length; j += columns) if (widths[j] > width) width = widths[j];
    lineWidths.push(width + GAP);
  }
  const numbers = value === undefined ||
    output.every((_, at) => typeof value[at] === 'number' || typeof value[at] === 'bigint');
  const pad = numbers ? String.prototype.padStart : String.prototype.padEnd;
  const lines = [];
  for (i = 0; i < entries; i += columns) {
    const end = Math.min(i + columns, entries);
    let line = '';
    let j = i;
    for (; j < end - 1; j++) line += pad.call(`${output[j]}, `, lineWidths[j - i] + output[j].length - widths[j], ' ');
    line += numbers ? output[j].padStart(lineWidths[j - i] + output[j].length - widths[j] - GAP, ' ') : output[j];
    lines.push(line);
  }
  if (ctx.maxArrayLength < output.length) lines.push(output[entries]);
  return lines;
}

function fitsOnLine(ctx, output, start, base) {
  let total = output.length + start;
  if (total + output.length > ctx.breakLength) return false;
  for (const entry of output) {
    total += ctx.colors ? internal.stripColors(entry).length : entry.length;
    if (total > ctx.breakLength) return false;
  }
  return base === '' || !base.includes('\n');
}

function reduceToSingleString(ctx, output, base, braces, extras, recurseTimes, value) {
  const before = base ? `${base} ` : '';
  if (ctx.compact !== true) {
    if (typeof ctx.compact === 'number' && ctx.compact >= 1) {
      const entries = output.length;
      if (extras === ARRAY_LIKE && entries > 6) output = groupArrayElements(ctx, output, value);
      // The innermost `compact` levels go on one line, if they fit and were not put in columns.
      if (ctx.currentDepth - recurseTimes < ctx.compact && entries === output.length) {
        const start = output.length + ctx.indentationLvl + braces[0].length + base.length + 10;
        if (fitsOnLine(ctx, output, start, base)) {
          const joined = output.join(', ');
          if (!joined.includes('\n')) return `${before}${braces[0]} ${joined} ${braces[1]}`;
        }
      }
    }
    const indentation = `\n${' '.repeat(ctx.indentationLvl)}`;
    return `${before}${braces[0]}${indentation}  ${output.join(`,${indentation}  `)}${indentation}${braces[1]}`;
  }
  if (fitsOnLine(ctx, output, 0, base)) {
    return `${braces[0]}${base ? ` ${base}` : ''} ${output.join(', ')} ${braces[1]}`;
  }
  const indentation = `\n${' '.repeat(ctx.indentationLvl)}`;
  const first = base === '' && braces[0].length === 1 ? ' ' : `${base ? ` ${base}` : ''}${indentation}  `;
  return `${braces[0]}${first}${output.join(`,${indentation}  `)} ${braces[1]}`;
}

internal.inspect = inspect;
internal.builtInNames = BUILT_IN;
