// What Node does with ICU and QuickJS without: the forms of `en-US`, the only locale here.
// Options and other locales are refused by name.

const english = (locales) => {
  const [locale] = [].concat(locales ?? 'en-US');
  return locale === 'en-US' || locale === 'en';
};

function check(what, locales, options, known = []) {
  if (!english(locales)) throw internal.refuse(`${what} for the locale ${String(locales)}`);
  for (const key of Object.keys(options ?? {})) {
    if (!known.includes(key)) throw internal.refuse(`${what} with the option ${key}`);
  }
}

const group = (digits) => digits.replace(/\B(?=(\d{3})+$)/g, ',');

internal.hidden(Number.prototype, 'toLocaleString', function toLocaleString(locales, options) {
  check('Number.prototype.toLocaleString', locales, options, ['minimumFractionDigits', 'maximumFractionDigits', 'useGrouping']);
  const number = Number(this);
  if (Number.isNaN(number)) return 'NaN';
  if (!Number.isFinite(number)) return number < 0 ? '-∞' : '∞';
  const least = options?.minimumFractionDigits ?? 0;
  const most = options?.maximumFractionDigits ?? Math.max(least, 3);
  let [whole, fraction = ''] = roundedHalfAway(Math.abs(number), most).split('.');
  while (fraction.length > least && fraction.endsWith('0')) fraction = fraction.slice(0, -1);
  if (options?.useGrouping !== false) whole = group(whole);
  const sign = number < 0 || Object.is(number, -0) ? '-' : '';
  return sign + whole + (fraction === '' ? '' : `.${fraction}`);
});

/** As ICU rounds: half away from zero, on the number's shortest decimal form. */
function roundedHalfAway(number, digits) {
  const shortest = String(number);
  if (shortest.includes('e')) return number.toFixed(Math.min(digits, 100));
  const [whole, fraction = ''] = shortest.split('.');
  if (fraction.length <= digits) return digits === 0 ? whole : `${whole}.${fraction.padEnd(digits, '0')}`;
  let scaled = BigInt(whole + fraction.slice(0, digits));
  if (fraction[digits] >= '5') scaled += 1n;
  const text = String(scaled).padStart(digits + 1, '0');
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

internal.hidden(BigInt.prototype, 'toLocaleString', function toLocaleString(locales, options) {
  check('BigInt.prototype.toLocaleString', locales, options);
  const text = String(this);
  return text.startsWith('-') ? `-${group(text.slice(1))}` : group(text);
});

const { getTime, getUTCFullYear, getUTCMonth, getUTCDate, getUTCHours, getUTCMinutes, getUTCSeconds } = Date.prototype;
const datePart = (date) => `${getUTCMonth.call(date) + 1}/${getUTCDate.call(date)}/${getUTCFullYear.call(date)}`;
const timePart = (date) => {
  const hours = getUTCHours.call(date);
  const pad = (number) => String(number).padStart(2, '0');
  return `${hours % 12 || 12}:${pad(getUTCMinutes.call(date))}:${pad(getUTCSeconds.call(date))} ${hours < 12 ? 'AM' : 'PM'}`;
};
for (const [name, form] of [
  ['toLocaleDateString', datePart],
  ['toLocaleTimeString', timePart],
  ['toLocaleString', (date) => `${datePart(date)}, ${timePart(date)}`],
]) {
  internal.hidden(Date.prototype, name, {
    [name](locales, options) {
      const utc = options?.timeZone === 'UTC' ? ['timeZone'] : [];
      check(`Date.prototype.${name}`, locales, options, utc);
      return Number.isNaN(getTime.call(this)) ? 'Invalid Date' : form(this);
    },
  }[name]);
}

// --- collation --------------------------------------------------------------------------------
// The root order of UCA for Latin text: punctuation, digits, letters; then accents; then lower
// case before upper case. Other scripts compare by code point.

const PUNCTUATION = '_-,;:!?.\'"()[]{}@*/\\&#%`^+<=>|~$';

function primary(character) {
  const code = character.codePointAt(0);
  if (/\s/.test(character)) return code;
  const mark = PUNCTUATION.indexOf(character);
  if (mark !== -1) return 1_000 + mark;
  if (character >= '0' && character <= '9') return 2_000 + code;
  return 10_000 + (character.toLowerCase().codePointAt(0) ?? 0);
}

const MARKS = /[\u0300-\u036f]/g;

internal.hidden(String.prototype, 'localeCompare', function localeCompare(that, locales, options) {
  check('String.prototype.localeCompare', locales, options, ['numeric', 'sensitivity']);
  const [left, right] = [String(this).normalize('NFD'), String(that).normalize('NFD')];
  const keys = (text) => {
    const bare = text.replace(MARKS, '');
    const parts = options?.numeric ? bare.match(/\d+|\D/gu) ?? [] : [...bare];
    return parts.map((part) => (/^\d{2,}$/.test(part) || (options?.numeric && /^\d+$/.test(part)) ? 2_000 + Number(part) / 1e15 : primary(part)));
  };
  const compare = (a, b) => {
    for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) return a[i] < b[i] ? -1 : 1;
    return Math.sign(a.length - b.length);
  };
  let order = compare(keys(left), keys(right));
  const sensitivity = options?.sensitivity ?? 'variant';
  const accents = sensitivity === 'variant' || sensitivity === 'accent';
  const cases = sensitivity === 'variant' || sensitivity === 'case';
  if (order === 0 && accents) order = compare(left.match(MARKS) ?? [], right.match(MARKS) ?? []);
  if (order === 0 && cases) {
    const upper = (text) => [...text].map((c) => Number(c !== c.toLowerCase()));
    order = compare(upper(left), upper(right));
  }
  return order;
});

for (const name of ['toLocaleUpperCase', 'toLocaleLowerCase']) {
  const plain = String.prototype[name.replace('Locale', '')];
  internal.hidden(String.prototype, name, { [name](locales) {
    check(`String.prototype.${name}`, locales);
    return plain.call(this);
  } }[name]);
}
