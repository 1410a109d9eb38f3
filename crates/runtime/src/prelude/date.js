// `Date` over the virtual clock, in UTC whatever the machine's time zone is.

const NativeDate = Date;
const { prototype } = NativeDate;
const pad = (number, width = 2) => String(number).padStart(width, '0');
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const { getTime, getUTCDay, getUTCMonth, getUTCDate, getUTCFullYear, getUTCHours, getUTCMinutes, getUTCSeconds } = prototype;
const parseNative = NativeDate.parse;

/** Texts without a zone are local time to a native parser; here local time is UTC. */
function parse(text) {
  text = String(text);
  if (/^[+-]?\d{4,6}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?$/.test(text)) return parseNative(`${text}Z`);
  if (/^[+-]?\d{4,6}(-\d\d(-\d\d)?)?$/.test(text)) return parseNative(text);
  if (/(Z|GMT|UTC|UT|[A-Z]{3}T|[+-]\d\d:?\d\d)\s*(\(.*\))?$/i.test(text)) return parseNative(text);
  const zoned = parseNative(`${text} UTC`);
  return Number.isNaN(zoned) ? parseNative(text) : zoned;
}

function timeOf(args) {
  if (args.length === 0) return internal.wallMs();
  if (args.length > 1) return NativeDate.UTC(...args);
  let [value] = args;
  if (typeof value === 'object' && value !== null) {
    if (value instanceof NativeDate) return getTime.call(value);
    value = value[Symbol.toPrimitive] === undefined ? value.valueOf() : value[Symbol.toPrimitive]('default');
    if (typeof value === 'object') value = String(value);
  }
  return typeof value === 'string' ? parse(value) : Number(value);
}

function Date_(...args) {
  if (new.target === undefined) return new Date_().toString();
  const target = new.target === Date_ ? NativeDate : new.target;
  return Reflect.construct(NativeDate, [timeOf(args)], target);
}

Object.defineProperties(Date_, {
  name: { value: 'Date', configurable: true },
  length: { value: 7, configurable: true },
  prototype: { value: prototype, writable: false },
});
internal.hidden(Date_, 'now', function now() { return internal.wallMs(); });
internal.hidden(Date_, 'parse', parse);
internal.hidden(Date_, 'UTC', NativeDate.UTC);
internal.hidden(prototype, 'constructor', Date_);
internal.hidden(globalThis, 'Date', Date_);

for (const part of ['FullYear', 'Month', 'Date', 'Hours', 'Minutes', 'Seconds', 'Milliseconds', 'Day']) {
  internal.hidden(prototype, `get${part}`, prototype[`getUTC${part}`]);
  if (part !== 'Day') internal.hidden(prototype, `set${part}`, prototype[`setUTC${part}`]);
}

const invalid = (date) => Number.isNaN(getTime.call(date));
const datePart = (date) => {
  const year = getUTCFullYear.call(date);
  return `${DAYS[getUTCDay.call(date)]} ${MONTHS[getUTCMonth.call(date)]} ${pad(getUTCDate.call(date))} ` +
    `${year < 0 ? '-' : ''}${pad(Math.abs(year), year < 0 ? 6 : 4)}`;
};
const timePart = (date) =>
  `${pad(getUTCHours.call(date))}:${pad(getUTCMinutes.call(date))}:${pad(getUTCSeconds.call(date))} GMT+0000 (Coordinated Universal Time)`;

internal.hidden(prototype, 'getTimezoneOffset', function getTimezoneOffset() { return invalid(this) ? NaN : 0; });
internal.hidden(prototype, 'getYear', function getYear() { return getUTCFullYear.call(this) - 1900; });
internal.hidden(prototype, 'toDateString', function toDateString() { return invalid(this) ? 'Invalid Date' : datePart(this); });
internal.hidden(prototype, 'toTimeString', function toTimeString() { return invalid(this) ? 'Invalid Date' : timePart(this); });
internal.hidden(prototype, 'toString', function toString() {
  return invalid(this) ? 'Invalid Date' : `${datePart(this)} ${timePart(this)}`;
});
