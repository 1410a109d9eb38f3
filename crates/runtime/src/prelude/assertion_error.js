// `AssertionError` with Node's account of the difference.

const inspect = (value, options) => internal.inspect(value, options);
const customInspect = Symbol.for('nodejs.util.inspect.custom');

const READABLE = {
  deepStrictEqual: 'Expected values to be strictly deep-equal:',
  strictEqual: 'Expected values to be strictly equal:',
  strictEqualObject: 'Expected "actual" to be reference-equal to "expected":',
  deepEqual: 'Expected values to be loosely deep-equal:',
  notDeepStrictEqual: 'Expected "actual" not to be strictly deep-equal to:',
  notStrictEqual: 'Expected "actual" to be strictly unequal to:',
  notStrictEqualObject: 'Expected "actual" not to be reference-equal to "expected":',
  notDeepEqual: 'Expected "actual" not to be loosely deep-equal to:',
  notIdentical: 'Values have same structure but are not reference-equal:',
  notDeepEqualUnequal: 'Expected values not to be loosely deep-equal:',
};

/** Texts of at most this many characters together are shown as `a !== b`. */
const SHORT = 12;

const show = (value) => inspect(value, {
  compact: false, customInspect: false, depth: 1000, maxArrayLength: Infinity, showHidden: false, showProxy: false,
  sorted: true, getters: true,
});

const isObject = (value) => typeof value === 'object' && value !== null;

function difference(actual, expected, operator, message) {
  let other = '';
  let text = '';
  let end = '';
  let skipped = false;
  const shown = show(actual);
  const actualLines = shown.split('\n');
  const expectedLines = show(expected).split('\n');
  let i = 0;
  let indicator = '';

  if (operator === 'strictEqual' &&
      ((isObject(actual) && isObject(expected)) || (typeof actual === 'function' && typeof expected === 'function'))) {
    operator = 'strictEqualObject';
  }
  const title = message || READABLE[operator];

  if (actualLines.length === 1 && expectedLines.length === 1 && actualLines[0] !== expectedLines[0]) {
    const length = actualLines[0].length + expectedLines[0].length;
    if (length <= SHORT) {
      if (!isObject(actual) && !isObject(expected) && (actual !== 0 || expected !== 0)) {
        return `${title}\n\n${actualLines[0]} !== ${expectedLines[0]}\n`;
      }
    } else if (operator !== 'strictEqualObject' && length < 80) {
      while (actualLines[0][i] === expectedLines[0][i]) i++;
      if (i > 2) {
        indicator = `\n  ${' '.repeat(i)}^`;
        i = 0;
      }
    }
  }

  // Equal lines at the end: three are kept.
  let a = actualLines.at(-1);
  let b = expectedLines.at(-1);
  while (a === b) {
    if (i++ < 3) end = `\n  ${a}${end}`;
    else other = a;
    actualLines.pop();
    expectedLines.pop();
    if (actualLines.length === 0 || expectedLines.length === 0) break;
    a = actualLines.at(-1);
    b = expectedLines.at(-1);
  }

  const most = Math.max(actualLines.length, expectedLines.length);
  if (most === 0) {
    const lines = shown.split('\n');
    if (lines.length > 50) lines.splice(46, Infinity, '...');
    return `${READABLE.notIdentical}\n\n${lines.join('\n')}\n`;
  }
  if (i >= 5) {
    end = `\n...${end}`;
    skipped = true;
  }
  if (other !== '') {
    end = `\n  ${other}${end}`;
    other = '';
  }

  let printed = 0;
  let identical = 0;
  const head = `${title}\n+ actual - expected`;

  /** Two identical lines are shown on each side of a difference, the rest is left out. */
  const closeIdentical = (lines) => {
    if (identical > 2) {
      if (identical > 3) {
        if (identical > 4) {
          if (identical === 5) {
            text += `\n  ${lines[i - 3]}`;
            printed++;
          } else {
            text += '\n...';
            skipped = true;
          }
        }
        text += `\n  ${lines[i - 2]}`;
        printed++;
      }
      text += `\n  ${lines[i - 1]}`;
      printed++;
    }
    identical = 0;
  };

  const longer = actualLines.length < most ? expectedLines : actualLines;
  const shorterLength = actualLines.length < most ? actualLines.length : expectedLines.length;
  for (i = 0; i < most; i++) {
    if (shorterLength < i + 1) {
      closeIdentical(longer);
      if (longer === actualLines) text += `\n+ ${longer[i]}`;
      else other += `\n- ${longer[i]}`;
      printed++;
    } else {
      const expectedLine = expectedLines[i];
      let actualLine = actualLines[i];
      // Lines that differ only in a trailing comma are the same.
      let differs = actualLine !== expectedLine && (!actualLine.endsWith(',') || actualLine.slice(0, -1) !== expectedLine);
      if (differs && expectedLine.endsWith(',') && expectedLine.slice(0, -1) === actualLine) {
        differs = false;
        actualLine += ',';
      }
      if (differs) {
        closeIdentical(actualLines);
        text += `\n+ ${actualLine}`;
        other += `\n- ${expectedLine}`;
        printed += 2;
      } else {
        text += other;
        other = '';
        identical++;
        if (identical <= 2) {
          text += `\n  ${actualLine}`;
          printed++;
        }
      }
    }
    if (printed > 50 && i < most - 2) return `${head} ... Lines skipped\n${text}\n...${other}\n...`;
  }
  return `${head}${skipped ? ' ... Lines skipped' : ''}\n${text}${other}${end}${indicator}`;
}

function copyError(source) {
  const target = Object.assign({ __proto__: Object.getPrototypeOf(source) }, source);
  Object.defineProperty(target, 'message', { __proto__: null, value: source.message });
  return target;
}

function generatedMessage(actual, expected, operator) {
  if (operator === 'deepStrictEqual' || operator === 'strictEqual') return difference(actual, expected, operator);
  if (operator === 'notDeepStrictEqual' || operator === 'notStrictEqual') {
    const isReference = operator === 'notStrictEqual' && (isObject(actual) || typeof actual === 'function');
    const base = isReference ? READABLE.notStrictEqualObject : READABLE[operator];
    const lines = show(actual).split('\n');
    if (lines.length > 50) lines.splice(46, Infinity, '...');
    if (lines.length === 1) return `${base}${lines[0].length > 5 ? '\n\n' : ' '}${lines[0]}`;
    return `${base}\n\n${lines.join('\n')}\n`;
  }
  let left = show(actual);
  let right = show(expected);
  const known = READABLE[operator];
  const cut = (text, length) => (text.length > length ? `${text.slice(0, length - 3)}...` : text);
  if (operator === 'notDeepEqual' && left === right) return cut(`${known}\n\n${left}`, 1024);
  left = cut(left, 512);
  right = cut(right, 512);
  if (operator === 'deepEqual') return `${known}\n\n${left}\n\nshould loosely deep-equal\n\n${right}`;
  const unequal = READABLE[`${operator}Unequal`];
  if (unequal) return `${unequal}\n\n${left}\n\nshould not loosely deep-equal\n\n${right}`;
  return `${left} ${operator} ${right}`;
}

function shorten(text) {
  const lines = text.split('\n', 11);
  if (lines.length > 10) return `${lines.slice(0, 10).join('\n')}\n...`;
  return text.length > 512 ? `${text.slice(512)}...` : text;
}

class AssertionError extends Error {
  constructor(options) {
    internal.validateObject(options, 'options');
    const { message, operator, stackStartFn, details } = options;
    let { actual, expected } = options;
    if (message != null) {
      const withDifference = operator === 'deepStrictEqual' || operator === 'strictEqual';
      super(withDifference ? difference(actual, expected, operator, message) : String(message));
    } else {
      if (isObject(actual) && isObject(expected) && 'stack' in actual && actual instanceof Error &&
          'stack' in expected && expected instanceof Error) {
        actual = copyError(actual);
        expected = copyError(expected);
      }
      super(generatedMessage(actual, expected, operator));
    }
    this.generatedMessage = !message;
    internal.hidden(this, 'name', 'AssertionError [ERR_ASSERTION]');
    this.code = 'ERR_ASSERTION';
    if (details) {
      this.actual = undefined;
      this.expected = undefined;
      this.operator = undefined;
      for (const [i, each] of details.entries()) {
        this[`message ${i}`] = each.message;
        this[`actual ${i}`] = each.actual;
        this[`expected ${i}`] = each.expected;
        this[`operator ${i}`] = each.operator;
        this[`stack trace ${i}`] = each.stack;
      }
    } else {
      this.actual = actual;
      this.expected = expected;
      this.operator = operator;
    }
    Error.captureStackTrace(this, stackStartFn);
    // The stack is made when it is first looked at: now, while the name has the code in it.
    void this.stack;
    this.name = 'AssertionError';
  }

  toString() { return `${this.name} [${this.code}]: ${this.message}`; }

  [customInspect](recurseTimes, options) {
    const { actual, expected } = this;
    if (typeof actual === 'string') this.actual = shorten(actual);
    if (typeof expected === 'string') this.expected = shorten(expected);
    const text = inspect(this, { ...options, customInspect: false, depth: 0 });
    this.actual = actual;
    this.expected = expected;
    return text;
  }
}

internal.AssertionError = AssertionError;
