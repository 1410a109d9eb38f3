// `util.format`: printf in Node's way, for every console method.

const { Object } = internal.intrinsics;
const { inspect } = internal;

/** Whether an object's text form is the built-in one, so that showing it says more. */
function hasBuiltInToString(value) {
  const proxy = internal.proxyParts(value);
  if (proxy?.target === null) return true;
  if (proxy !== undefined) value = proxy.target;
  if (typeof value.toString !== 'function') return typeof value[Symbol.toPrimitive] !== 'function';
  if (Object.hasOwn(value, 'toString') || Object.hasOwn(value, Symbol.toPrimitive)) return false;
  let holder = value;
  do {
    holder = Object.getPrototypeOf(holder);
  } while (!Object.hasOwn(holder, 'toString') && !Object.hasOwn(holder, Symbol.toPrimitive));
  const constructor = internal.ownDescriptor(holder, 'constructor')?.value;
  return typeof constructor === 'function' && internal.builtInNames.has(constructor.name);
}

function json(value) {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (error.name === 'TypeError' && error.message.startsWith('Converting circular structure')) return '[Circular]';
    throw error;
  }
}

function numeric(value, convert, options) {
  if (typeof value === 'bigint' && convert !== parseFloat) return internal.formatBigInt(value, options);
  if (typeof value === 'symbol') return 'NaN';
  return internal.formatNumber(convert(value), options);
}

const DIRECTIVES = {
  s(value, options) {
    if (typeof value === 'number') return internal.formatNumber(value, options);
    if (typeof value === 'bigint') return internal.formatBigInt(value, options);
    if (typeof value !== 'object' || value === null || !hasBuiltInToString(value)) return String(value);
    return inspect(value, { ...options, depth: 0, colors: false, compact: 3 });
  },
  j: (value) => json(value),
  d: (value, options) => numeric(value, Number, options),
  i: (value, options) => numeric(value, parseInt, options),
  f: (value, options) => numeric(value, parseFloat, options),
  O: (value, options) => inspect(value, options),
  o: (value, options) => inspect(value, { ...options, showHidden: true, showProxy: true, depth: 4 }),
  c: () => '',
};

function formatWithOptions(options, args) {
  const first = args[0];
  let used = 0;
  let text = '';
  let joint = '';
  if (typeof first === 'string') {
    if (args.length === 1) return first;
    let copied = 0;
    for (let i = 0; i < first.length - 1; i++) {
      if (first[i] !== '%') continue;
      const letter = first[++i];
      if (letter === '%') {
        text += first.slice(copied, i);
        copied = i + 1;
      } else if (used + 1 !== args.length && Object.hasOwn(DIRECTIVES, letter)) {
        const shown = DIRECTIVES[letter](args[++used], options);
        text += first.slice(copied, i - 1) + shown;
        copied = i + 1;
      }
    }
    if (copied !== 0) {
      used++;
      joint = ' ';
      text += first.slice(copied);
    }
  }
  for (; used < args.length; used++) {
    const value = args[used];
    text += joint + (typeof value !== 'string' ? inspect(value, options) : value);
    joint = ' ';
  }
  return text;
}

internal.formatWithOptions = formatWithOptions;
internal.format = (...args) => formatWithOptions(undefined, args);
