// The entries of arrays, maps, sets, promises and other kinds, for `util.inspect`.

const { Math, Object } = internal.intrinsics;
const { plural, moreItems, formatNumber, formatBigInt } = internal.inspectText;
const { ARRAY_LIKE, reduceToSingleString } = internal;
const { formatValue, formatProperty } = internal.inspectParts;
const { hasOwn } = Object;
const { values: eachOfSet } = internal.intrinsics.Set.prototype;
const { entries: eachOfMap } = internal.intrinsics.Map.prototype;
const setSize = internal.ownDescriptor(Set.prototype, 'size').get;
const mapSize = internal.ownDescriptor(Map.prototype, 'size').get;
const ELEMENT = 1; // a property shown without its name
const PROPERTY = 0;
const INDEX = /^(0|[1-9][0-9]*)$/;

function formatArray(ctx, value, recurseTimes) {
  const shown = Math.min(Math.max(0, ctx.maxArrayLength), value.length);
  const output = [];
  for (let i = 0; i < shown; i++) {
    if (!hasOwn(value, i)) return formatSparseArray(ctx, value, recurseTimes, shown, output, i);
    output.push(formatProperty(ctx, value, recurseTimes, i, ELEMENT));
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
    output.push(formatProperty(ctx, value, recurseTimes, key, ELEMENT));
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
  const shown = Math.min(Math.max(0, ctx.maxArrayLength), setSize.call(value));
  const output = [];
  ctx.indentationLvl += 2;
  for (const element of eachOfSet.call(value)) {
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
  for (const entry of eachOfMap.call(value)) {
    if (output.length >= shown) break;
    output.push(`${formatValue(ctx, entry[0], recurseTimes)} => ${formatValue(ctx, entry[1], recurseTimes)}`);
  }
  if (size > shown) output.push(moreItems(size - shown));
  ctx.indentationLvl -= 2;
  return output;
}

/** What a Map or Set iterator still has to give, and whether that is pairs of keys and values. It cannot be seen without taking it, so that the
    iterator gives it again from a list afterwards. */
function remaining(iterator, kind) {
  const { next } = iterator;
  const items = [];
  for (let step = next.call(iterator); !step.done; step = next.call(iterator)) items.push(step.value);
  let at = 0;
  Object.defineProperty(iterator, 'next', {
    __proto__: null,
    configurable: true,
    writable: true,
    value: () => (at < items.length ? { value: items[at++], done: false } : { value: undefined, done: true }),
  });
  const isPair = (item) => Array.isArray(item) && item.length === 2 && (kind === 'Map' || Object.is(item[0], item[1]));
  return { items, pairs: items.length > 0 && items.every(isPair) };
}

function formatIterator(ctx, items, pairs, recurseTimes) {
  const shown = Math.min(Math.max(0, ctx.maxArrayLength), items.length);
  ctx.indentationLvl += 2;
  const output = items.slice(0, shown).map((item) => {
    if (!pairs) return formatValue(ctx, item, recurseTimes);
    const pair = item.map((part) => formatValue(ctx, part, recurseTimes));
    return reduceToSingleString(ctx, pair, '', ['[', ']'], ARRAY_LIKE, recurseTimes);
  });
  ctx.indentationLvl -= 2;
  if (items.length > shown) output.push(moreItems(items.length - shown));
  return output;
}

function formatPromise(ctx, value, recurseTimes) {
  const { 0: state, 1: result } = host.promiseState(value);
  if (state === 'pending') return [ctx.stylize('<pending>', 'special')];
  ctx.indentationLvl += 2;
  const text = formatValue(ctx, result, recurseTimes);
  ctx.indentationLvl -= 2;
  return [state === 'rejected' ? `${ctx.stylize('<rejected>', 'special')} ${text}` : text];
}

function formatNamespaceEntry(ctx, value, recurseTimes, name) {
  try {
    return formatProperty(ctx, value, recurseTimes, name, PROPERTY);
  } catch {
    const text = formatProperty(ctx, { [name]: '' }, recurseTimes, name, PROPERTY);
    return text.slice(0, text.lastIndexOf(' ') + 1) + ctx.stylize('<uninitialized>', 'special');
  }
}

internal.inspectEntries = {
  formatArray, formatArrayBuffer, formatTypedArray, formatSet, formatMap, formatPromise, formatNamespaceEntry, remaining,
  formatIterator,
};
