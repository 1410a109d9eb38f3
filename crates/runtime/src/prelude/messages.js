// QuickJS and V8 word their own errors differently, and programs print them. What the engine
// throws is put into V8's words; V8 names the expression at fault, which is read back from the
// source.

const KEYWORDS = new internal.KeptSet(['return', 'typeof', 'await', 'new', 'yield', 'in', 'of', 'throw', 'case', 'delete', 'void']);
const WORD = /[\w$\u00a0-\uffff]/;

/** Where a bracket that closes at `end` opens. */
function opening(text, end) {
  let depth = 0;
  for (let i = end; i >= 0; i--) {
    if (')]}'.includes(text[i])) depth++;
    else if ('([{'.includes(text[i]) && --depth === 0) return i;
  }
  return 0;
}

/** The expression before `end`, in V8's abbreviation: calls as `(...)`, literals left out. */
function expressionBefore(text, end) {
  let i = end;
  while (i > 0 && text[i - 1] === ' ') i--;
  const last = text[i - 1];
  if (last === ')') {
    const open = opening(text, i - 1);
    const callee = expressionBefore(text, open);
    return callee === '' ? '(intermediate value)' : `${callee}(...)`;
  }
  if (last === ']') {
    const open = opening(text, i - 1);
    const key = text.slice(open + 1, i - 1);
    const object = expressionBefore(text, open);
    if (object === '') return '[]';
    if (/^\d+$/.test(key)) return `${object}[${key}]`;
    const quoted = /^(['"`])(.*)\1$/.exec(key);
    return quoted ? `${object}.${quoted[2]}` : `${object}[${key}]`;
  }
  let start = i;
  while (start > 0 && (WORD.test(text[start - 1]) || text[start - 1] === '#')) start--;
  const word = text.slice(start, i);
  if (word === '' || KEYWORDS.has(word)) return word === '' && last !== undefined && '}`\'"'.includes(last) ? '(intermediate value)' : '';
  if (text[start - 1] === '.' && text.slice(start - 3, start) !== '...') {
    const dot = text[start - 2] === '?' ? start - 2 : start - 1;
    return `${expressionBefore(text, dot) || '(intermediate value)'}.${word}`;
  }
  return word;
}

/** The expression that ends with the name at a place. */
function expressionAt({ text, column }) {
  let end = column - 1;
  if (/^new\s/.test(text.slice(end))) end += /^new\s+/.exec(text.slice(end))[0].length;
  const start = end;
  while (end < text.length && WORD.test(text[end])) end++;
  if (end === start) return '';
  while (text[end] === '.' && WORD.test(text[end + 1] ?? '')) {
    end++;
    while (end < text.length && WORD.test(text[end])) end++;
  }
  return expressionBefore(text, end);
}

/** The expression that is called at a place: up to its parenthesis. */
function calledAt(place) {
  const { text, column } = place;
  const isNew = /^new\s/.test(text.slice(column - 1));
  let end = column - 1;
  if (isNew) return [expressionAt(place), true];
  while (end < text.length && WORD.test(text[end])) end++;
  // `object[key](…)` is reported at the key or the object.
  const rest = /^[^;(]*?(?=\()/.exec(text.slice(end));
  if (rest !== null && /^(\[|\]|['"`])/.test(rest[0])) end += rest[0].length;
  return [expressionBefore(text, end), /\bnew\s+[\w$.]*$/.test(text.slice(0, column - 1))];
}

const FIXED = {
  __proto__: null,
  'cannot convert symbol to string': 'Cannot convert a Symbol value to a string',
  'cannot convert symbol to number': 'Cannot convert a Symbol value to a number',
  'bigint argument with unary +': 'Cannot convert a BigInt value to a number',
  'cannot convert BigInt to number': 'Cannot mix BigInt and other types, use explicit conversions',
  'toPrimitive': 'Cannot convert object to primitive value',
  'invalid array length': 'Invalid array length',
  'empty array': 'Reduce of empty array with no initial value',
  'Date value is NaN': 'Invalid time value',
  'expecting hex digit': 'URI malformed',
  'this is not initialized': "Must call super constructor in derived class before accessing 'this' or returning from derived constructor",
  'invalid value used as WeakMap key': 'Invalid value used as weak map key',
  'invalid value used as WeakSet key': 'Invalid value used in weak set',
  'BigInt are forbidden in JSON.stringify': 'Do not know how to serialize a BigInt',
  'bad normalization form': 'The normalization form should be one of NFC, NFD, NFKC, NFKD.',
  'parent class must be constructor': 'Class extends value undefined is not a constructor or null',
};

/** The only match of a pattern in the line, or else in the function, of a place. */
function only({ text, functionText }, pattern) {
  for (const where of [text, functionText ?? '']) {
    const matches = [...where.matchAll(pattern)];
    if (matches.length === 1) return matches[0];
  }
  return undefined;
}

/** What is iterated: at the place itself, or in the only destructuring or loop around it. */
function iterated(here) {
  if (/\.\.\.\s*$/.test(here.text.slice(0, here.column - 1))) return expressionAt(here);
  const pattern = only(here, /(?:\]\s*=\s*|\bof\s+)([\w$.]+|\{\})/g);
  if (pattern !== undefined) return pattern[1];
  return WORD.test(at(here)[0] ?? '') ? expressionAt(here) : '';
}

/** What stands between the parentheses of a function. */
function parametersOf(text) {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '(') depth++;
    else if (text[i] === ')' && --depth === 0) return text.slice(text.indexOf('('), i);
  }
  return '';
}

const at = ({ text, column }) => text.slice(column - 1);

/** [pattern, (match, the place of the last name that was looked up, the place of the call) → V8's
    words, or undefined where they cannot be known] */
const TRANSLATED = [
  [/^cannot read property 'Symbol\.iterator' of (undefined|null)$/, ([, value], here) => {
    const name = iterated(here);
    return name === '' || name === 'undefined' || name === 'null'
      ? `${value} is not iterable (cannot read property Symbol(Symbol.iterator))`
      : `${name} is not iterable`;
  }],
  [/^cannot read property 'Symbol\.(.*)' of (undefined|null)$/s, ([, name, value]) =>
    `Cannot read properties of ${value} (reading 'Symbol(Symbol.${name})')`],
  [/^cannot read property '(.*)' of (undefined|null)$/s, ([, name, value]) =>
    `Cannot read properties of ${value} (reading '${name}')`],
  [/^cannot set property '(.*)' of (undefined|null)$/s, ([, name, value]) =>
    `Cannot set properties of ${value} (setting '${name}')`],
  [/^not a function$/, (_, here, call) => {
    const [name, isNew] = calledAt(call);
    return name === '' ? undefined : `${name} is not a ${isNew ? 'constructor' : 'function'}`;
  }],
  [/^not a constructor$/, (_, here, call) => {
    const [name] = calledAt(call);
    return name === '' ? undefined : `${name} is not a constructor`;
  }],
  [/^value is not iterable$/, (_, here) => {
    const name = iterated(here);
    return name === '' ? undefined : `${name} is not iterable`;
  }],
  [/^(.+) is not initialized$/, ([, name]) => `Cannot access '${name}' before initialization`],
  [/^'(.+)' is read-only$/, ([, name], here) => {
    const quoted = name.replace(/\W/g, '\\$&');
    const assigns = new RegExp(`(^|[^.\\w$])${quoted}\\s*([-+*/%&|^<>?]*=[^=]|\\+\\+|--)`);
    if (assigns.test(here.text)) return 'Assignment to constant variable.';
    return `Cannot assign to read only property '${name}' of object '${/^\d+$/.test(name) ? '[object Array]' : '#<Object>'}'`;
  }],
  [/^must be called with new$/, (_, { functionName }) => {
    if (functionName === 'Promise') return "Promise constructor cannot be invoked without 'new'";
    return functionName ? `Constructor ${functionName} requires 'new'` : undefined;
  }],
  [/^regexp must have the 'g' flag$/, (_, { functionName }) =>
    (functionName ? `String.prototype.${functionName} called with a non-global RegExp argument` : undefined)],
  [/^class constructors must be invoked with 'new'$/, (_, here) =>
    `Class constructor ${here.functionName} cannot be invoked without 'new'`],
  [/^invalid 'instanceof' right operand$/, () => "Right-hand side of 'instanceof' is not callable"],
  [/^object is not extensible$/, (_, here) => {
    const assigned = /\.([\w$]+)\s*=[^=]/.exec(at(here)) ?? /\.([\w$]+)\s*=[^=]/.exec(here.text);
    return assigned ? `Cannot add property ${assigned[1]}, object is not extensible` : undefined;
  }],
  [/^no setter for property$/, (_, here) => {
    const assigned = /\.([\w$]+)\s*=[^=]/.exec(at(here)) ?? /\.([\w$]+)\s*=[^=]/.exec(here.text);
    return assigned && `Cannot set property ${assigned[1]} of #<Object> which has only a getter`;
  }],
  [/^could not delete property$/, (_, here) => {
    const deleted = /delete\s[^;]*\.([\w$]+)/.exec(here.text);
    return deleted && `Cannot delete property '${deleted[1]}' of #<Object>`;
  }],
  [/^Cannot convert undefined or null to object$/, (_, here) => {
    if (here.isEntry) {
      const patterns = [...parametersOf(here.functionText).matchAll(/\{\s*([\w$]+)/g)];
      if (patterns.length === 1) return `Cannot destructure property '${patterns[0][1]}' of 'undefined' as it is undefined.`;
    }
    const pattern = only(here, /\{\s*([\w$]+)[^{}]*\}\s*=\s*([\w$.]+)/g);
    if (pattern === undefined) return undefined;
    const [, property, source] = pattern;
    return `Cannot destructure property '${property}' of '${source}' as it is ${source === 'null' ? 'null' : 'undefined'}.`;
  }],
  [/^unexpected token in expression: '(.*)'$/, ([, token]) =>
    (token === '' ? 'Unexpected end of input' : `Unexpected token '${token}'`)],
  [/^private class field '(.*)' does not exist$/, ([, name]) =>
    `Cannot read private member ${name} from an object whose class did not declare it`],
  [/^invalid repeat count$/, (_, here) => {
    const count = /repeat\((-?\d+)\)/.exec(here.text);
    return count && `Invalid count value: ${count[1]}`;
  }],
];

/** Whether a message is one that the engine words differently from V8. */
internal.isEngineMessage = (message) =>
  FIXED[message] !== undefined || TRANSLATED.some(([pattern]) => pattern.test(message));

/** An engine's message in V8's words, if they can be told from the source. */
internal.translate = function translate(message, here, call) {
  if (FIXED[message] !== undefined) return FIXED[message];
  for (const [pattern, words] of TRANSLATED) {
    const match = pattern.exec(message);
    if (match !== null) return words(match, here, call) ?? undefined;
  }
  return undefined;
};
