// `Date` over the virtual clock, in UTC whatever the machine's time zone is.

const NativeDate = Date;
const { prototype } = NativeDate;
const pad = (number, width = 2) => String(number).padStart(width, '0');
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const { getTime, getUTCDay, getUTCMonth, getUTCDate, getUTCFullYear, getUTCHours, getUTCMinutes, getUTCSeconds } = prototype;
const { setTime, setUTCFullYear } = prototype;
const { apply } = Reflect;
const { isNaN } = Number;
const parseNative = NativeDate.parse;

/** What `toISOString` writes, and days alone, the engine reads. */
const ISO = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(T\d\d:\d\d:\d\d\.\d{3}Z)?$/;

/** When a day of the calendar begins. `Date.UTC` takes years of two digits for others. */
internal.dayStart = (year, month, day) => setUTCFullYear.call(new NativeDate(0), year, month - 1, day);

function parse(text) {
  text = String(text);
  const time = ISO.test(text) ? parseNative(text) : NaN;
  return isNaN(time) ? internal.parseDate(text) : time;
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

/** A setter that leaves no date where it was given no number; the engine's leaves the old one. */
function setter(name, native) {
  const { [name]: set } = {
    [name](...values) {
      const time = apply(native, this, values);
      return isNaN(time) ? setTime.call(this, NaN) : time;
    },
  };
  Object.defineProperty(set, 'length', { __proto__: null, value: native.length, configurable: true });
  internal.hidden(prototype, name, set);
}

for (const part of ['FullYear', 'Month', 'Date', 'Hours', 'Minutes', 'Seconds', 'Milliseconds']) {
  const native = prototype[`setUTC${part}`];
  setter(`set${part}`, native);
  setter(`setUTC${part}`, native);
  internal.hidden(prototype, `get${part}`, prototype[`getUTC${part}`]);
}
internal.hidden(prototype, 'getDay', prototype.getUTCDay);

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
