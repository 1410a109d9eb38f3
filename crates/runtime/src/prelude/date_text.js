// Dates in words as V8 reads them: ECMAScript's own format, and of anything else what looks like numbers
// of a day, a time and a zone. Text in parentheses, and words before the first number, say nothing.

const TOKEN = /(\d+)|([^\0-@\s]+)|(\s+)|[^]/y;

const WORDS = {
  __proto__: null,
  jan: ['month', 1], feb: ['month', 2], mar: ['month', 3], apr: ['month', 4], may: ['month', 5], jun: ['month', 6],
  jul: ['month', 7], aug: ['month', 8], sep: ['month', 9], oct: ['month', 10], nov: ['month', 11], dec: ['month', 12],
  am: ['half', 0], pm: ['half', 12], t: ['T', 0],
  z: ['zone', 0], ut: ['zone', 0], utc: ['zone', 0], gmt: ['zone', 0],
  edt: ['zone', -4], est: ['zone', -5], cdt: ['zone', -5], cst: ['zone', -6], mdt: ['zone', -6], mst: ['zone', -7],
  pdt: ['zone', -7], pst: ['zone', -8],
};

/** Of longer words only months are known, by their first three letters. */
function wordToken(word) {
  const known = WORDS[word.toLowerCase()] ?? WORDS[word.slice(0, 3).toLowerCase()];
  if (known === undefined || (word.length > 3 && known[0] !== 'month')) return { kind: 'word' };
  return { kind: known[0], value: known[1], isZ: word.length === 1 && known[0] === 'zone' };
}

/** Nine digits count. */
const numberToken = (digits) => ({ kind: 'number', value: Number(digits.replace(/^0+/, '').slice(0, 9)), digits });

/** Where parentheses that open at a place are closed. */
function behindParentheses(text, at) {
  let depth = 0;
  do {
    if (text[at] === '(') depth++;
    else if (text[at] === ')') depth--;
    at++;
  } while (depth > 0 && at < text.length);
  return at;
}

function* tokensOf(text) {
  for (let at = 0; at < text.length;) {
    TOKEN.lastIndex = at;
    const [token, digits, word, space] = TOKEN.exec(text);
    at = TOKEN.lastIndex;
    if (digits !== undefined) yield numberToken(digits);
    else if (word !== undefined) yield wordToken(word);
    else if (space !== undefined) yield { kind: 'space' };
    else yield { kind: token };
    if (token === '(') at = behindParentheses(text, at - 1);
  }
}

const END = { kind: 'end' };

/** The tokens of a text, one after the other. */
class Reader {
  constructor(text) {
    this.tokens = [...tokensOf(text)];
    this.at = 0;
  }
  get peek() { return this.tokens[this.at] ?? END; }
  next() { return this.tokens[this.at++] ?? END; }
  skip(kind) {
    if (this.peek.kind !== kind) return false;
    this.at++;
    return true;
  }
  /** The value of a number of so many digits, up to `most`; it is read only if it is one. */
  fixed(length, least, most) {
    const { kind, value, digits } = this.peek;
    if (kind !== 'number' || digits.length !== length || value < least || value > most) return undefined;
    this.at++;
    return value;
  }
}

const isSign = ({ kind }) => kind === '+' || kind === '-';
const isBetween = (value, least, most) => value >= least && value <= most;
const isDay = (value) => isBetween(value, 1, 31);
const milliseconds = ({ digits }) => Number(digits.slice(0, 3).padEnd(3, '0'));

/** What a text has said so far. */
class Parts {
  day = [];
  month;
  isIso = false;
  time = [];
  half;
  sign;
  hours;
  minutes;

  setZone(hours) {
    this.sign = hours < 0 ? -1 : 1;
    this.hours = Math.abs(hours);
    this.minutes = 0;
  }

  get isUtc() { return this.hours === 0 && this.minutes === 0; }

  expectsTime(value) { return isBetween(this.time.length, 1, 3) && value <= [0, 59, 59, 999][this.time.length]; }

  endTime(value) {
    this.time.push(value);
    while (this.time.length < 4) this.time.push(0);
  }

  /** Year, month and day; nothing where they are none. */
  date() {
    if (this.day.length === 0) return undefined;
    const [first, second = 1, third = 1] = this.day;
    let year = third;
    let month = this.month ?? first;
    let day = second;
    if (this.month !== undefined) {
      [year, day] = isDay(first) ? [second, first] : [first, second];
    } else if (this.isIso || !isDay(first)) {
      [year, month, day] = [first, second, third];
    }
    if (!this.isIso && isBetween(year, 0, 99)) year += year < 50 ? 2000 : 1900;
    return isBetween(month, 1, 12) && isDay(day) ? [year, month, day] : undefined;
  }

  /** The milliseconds of the day; NaN where it has none such. */
  timeOfDay() {
    let [hour = 0, minute = 0, second = 0, ms = 0] = this.time;
    if (this.half !== undefined) {
      if (hour > 12) return NaN;
      hour = hour % 12 + this.half;
    }
    const isMidnight = hour === 24 && minute === 0 && second === 0 && ms === 0;
    if (!isMidnight && (hour > 23 || minute > 59 || second > 59 || ms > 999)) return NaN;
    return ((hour * 60 + minute) * 60 + second) * 1000 + ms;
  }

  /** Local time is UTC. */
  offset() { return this.sign === undefined ? 0 : this.sign * ((this.hours ?? 0) * 60 + (this.minutes ?? 0)) * 60_000; }
}

/** Reads `yyyy[-MM[-dd]][Thh:mm[:ss[.sss]][zone]]`. Returns false if that is broken behind its T, and the
    token that goes to `readLoose` where it is something else from there. */
function readIso(reader, parts) {
  const { day, time } = parts;
  if (isSign(reader.peek)) {
    const sign = reader.next();
    const { value } = reader.peek;
    const year = reader.fixed(6, 0, 999_999);
    if (year === undefined) return sign;
    if (sign.kind === '-' && value === 0) return sign;
    day.push(sign.kind === '-' ? -year : year);
  } else {
    const year = reader.fixed(4, 0, 9999);
    if (year === undefined) return reader.next();
    day.push(year);
  }
  for (const most of [12, 31]) {
    if (!reader.skip('-')) break;
    const value = reader.fixed(2, 1, most);
    if (value === undefined) return reader.next();
    day.push(value);
  }
  if (reader.peek.kind !== 'T') {
    if (reader.peek !== END) return reader.next();
  } else {
    reader.next();
    if (!readIsoTime(reader, time) || !readIsoZone(reader, parts) || reader.peek !== END) return false;
  }
  if (parts.hours === undefined && time.length === 0) parts.setZone(0);
  parts.isIso = true;
  return END;
}

function readIsoTime(reader, time) {
  const hour = reader.fixed(2, 0, 24);
  const most = hour === 24 ? 0 : 59;
  if (hour === undefined || !reader.skip(':')) return false;
  const minute = reader.fixed(2, 0, most);
  if (minute === undefined) return false;
  time.push(hour, minute);
  if (!reader.skip(':')) return true;
  const second = reader.fixed(2, 0, most);
  if (second === undefined) return false;
  time.push(second);
  if (!reader.skip('.')) return true;
  const fraction = reader.next();
  if (fraction.kind !== 'number' || (hour === 24 && fraction.value > 0)) return false;
  time.push(milliseconds(fraction));
  return true;
}

function readIsoZone(reader, parts) {
  if (reader.peek.isZ) {
    reader.next();
    parts.setZone(0);
  } else if (isSign(reader.peek)) {
    parts.sign = reader.next().kind === '-' ? -1 : 1;
    const both = reader.fixed(4, 0, 2359);
    parts.hours = both === undefined ? reader.fixed(2, 0, 23) : Math.floor(both / 100);
    if (parts.hours === undefined || (both === undefined && !reader.skip(':'))) return false;
    parts.minutes = both === undefined ? reader.fixed(2, 0, 59) : both % 100;
    return parts.minutes !== undefined && parts.minutes < 60;
  }
  return true;
}

/** A number: what stands behind it says what of. */
function readNumber(reader, parts, token) {
  const { value } = token;
  const { time } = parts;
  if (reader.skip(':')) {
    if (reader.skip(':')) {
      if (time.length > 0) return false;
      time.push(value, 0);
      return true;
    }
    if (time.length === 4) return false;
    time.push(value);
    reader.skip('.');
    return true;
  }
  if (reader.skip('.') && parts.expectsTime(value)) {
    time.push(value);
    const fraction = reader.next();
    if (fraction.kind !== 'number') return false;
    parts.endTime(milliseconds(fraction));
    return true;
  }
  if (parts.hours !== undefined && parts.minutes === undefined && value < 60) {
    parts.minutes = value;
    return true;
  }
  if (parts.expectsTime(value)) {
    parts.endTime(value);
    const { peek } = reader;
    return peek === END || peek.kind === 'space' || peek.isZ === true || isSign(peek);
  }
  if (parts.day.length === 3) return false;
  parts.day.push(value);
  reader.skip('-');
  return true;
}

/** `+hh`, `+hmm`, `+hhmm` or `+hh:`, of which a number behind it is the minutes. */
function readOffset(reader, parts, sign) {
  parts.sign = sign.kind === '-' ? -1 : 1;
  const { value, digits } = reader.peek.kind === 'number' ? reader.next() : { value: 0, digits: '' };
  if (reader.peek.kind === ':') {
    parts.hours = value;
    parts.minutes = undefined;
    return true;
  }
  if (digits.length === 0 || digits.length > 4) return false;
  const isHours = digits.length <= 2;
  parts.hours = isHours ? value : Math.floor(value / 100);
  parts.minutes = isHours ? 0 : value % 100;
  return true;
}

function readLoose(reader, parts, first) {
  let hasNumber = parts.day.length > 0;
  for (let token = first; token !== END; token = reader.next()) {
    const { kind } = token;
    if (kind === 'number') {
      hasNumber = true;
      if (!readNumber(reader, parts, token)) return false;
    } else if (kind === 'half' && parts.time.length > 0) {
      parts.half = token.value;
    } else if (kind === 'month') {
      parts.month = token.value;
      reader.skip('-');
    } else if (kind === 'zone' && hasNumber) {
      parts.setZone(token.value);
    } else if (kind === 'half' || kind === 'zone' || kind === 'T' || kind === 'word') {
      if (hasNumber || reader.peek.kind === 'number') return false;
    } else if (isSign(token) && (parts.isUtc || parts.time.length > 0)) {
      hasNumber = true;
      if (!readOffset(reader, parts, token)) return false;
    } else if ((isSign(token) || kind === ')') && hasNumber) {
      return false;
    }
  }
  return true;
}

/** The time that a text tells of; NaN where V8 finds none in it. */
internal.parseDate = function parseDate(text) {
  const reader = new Reader(text);
  const parts = new Parts();
  const rest = readIso(reader, parts);
  if (rest === false) return NaN;
  if (!readLoose(reader, parts, rest === END ? reader.next() : rest)) return NaN;
  const date = parts.date();
  if (date === undefined) return NaN;
  const time = internal.dayStart(...date) + parts.timeOfDay() - parts.offset();
  return Math.abs(time) <= 8.64e15 ? time : NaN;
};
