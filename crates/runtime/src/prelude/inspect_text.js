// The text that `util.inspect` is made of: styles, widths, primitives, prefixes.

const { Object, Symbol } = internal.intrinsics;

// --- styles ---------------------------------------------------------------------------------

const FOREGROUND = 39;
const BACKGROUND = 49;
const COLORS = {
  __proto__: null,
  reset: [0, 0], bold: [1, 22], dim: [2, 22], italic: [3, 23], underline: [4, 24], blink: [5, 25], inverse: [7, 27], hidden: [8, 28],
  strikethrough: [9, 29], doubleunderline: [21, 24],
};
const NAMES = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'];
const capital = (name) => name[0].toUpperCase() + name.slice(1);
for (let at = 0; at < NAMES.length; at++) COLORS[NAMES[at]] = [30 + at, FOREGROUND];
for (let at = 0; at < NAMES.length; at++) COLORS[`bg${capital(NAMES[at])}`] = [40 + at, BACKGROUND];
Object.assign(COLORS, { framed: [51, 54], overlined: [53, 55], gray: [90, FOREGROUND] });
for (let at = 1; at < NAMES.length; at++) COLORS[`${NAMES[at]}Bright`] = [90 + at, FOREGROUND];
COLORS.bgGray = [100, BACKGROUND];
for (let at = 1; at < NAMES.length; at++) COLORS[`bg${capital(NAMES[at])}Bright`] = [100 + at, BACKGROUND];
for (const [target, ...aliases] of [
  ['gray', 'grey', 'blackBright'], ['bgGray', 'bgGrey', 'bgBlackBright'], ['dim', 'faint'],
  ['strikethrough', 'crossedout', 'strikeThrough', 'crossedOut'], ['hidden', 'conceal'], ['inverse', 'swapColors', 'swapcolors'],
  ['doubleunderline', 'doubleUnderline'],
]) {
  for (const alias of aliases) {
    Object.defineProperty(COLORS, alias, {
      __proto__: null,
      configurable: true, enumerable: false, get() { return this[target]; }, set(value) { this[target] = value; },
    });
  }
}
const STYLES = {
  __proto__: null,
  special: 'cyan', number: 'yellow', bigint: 'yellow', boolean: 'yellow', undefined: 'grey', null: 'bold',
  string: 'green', symbol: 'green', date: 'magenta', regexp: 'red', module: 'underline',
};
const plain = (text) => text;
function coloured(text, style) {
  const color = COLORS[STYLES[style]];
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

internal.formatNumber = (number, options) => formatNumber(plain, number, options?.numericSeparator ?? internal.inspect.defaultOptions.numericSeparator);
internal.formatBigInt = (bigint, options) => formatBigInt(plain, bigint, options?.numericSeparator ?? internal.inspect.defaultOptions.numericSeparator);

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

// --- prefixes -------------------------------------------------------------------------------

/** What stands before an object's braces: `Name(size) [tag] `. */
function prefixOf(constructor, tag, fallback, size = '') {
  if (constructor === null) {
    if (tag !== '' && fallback !== tag) return `[${fallback}${size}: null prototype] [${tag}] `;
    return `[${fallback}${size}: null prototype] `;
  }
  if (tag !== '' && constructor !== tag) return `${constructor}${size} [${tag}] `;
  return `${constructor}${size} `;
}

internal.inspectText = {
  COLORS, STYLES, ESCAPED, plain, coloured, escapeCharacter, quote, plural, moreItems, formatNumber, formatBigInt,
  formatPrimitive, prefixOf,
};
