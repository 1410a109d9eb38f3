// What the setters make of arguments that are no numbers.
const PARTS = ['Milliseconds', 'Seconds', 'Minutes', 'Hours', 'Date', 'Month', 'FullYear'];
const ARGUMENTS = [[], [NaN], [undefined], ['x'], ['7'], [1, NaN], [null], [Infinity], [1, 2, NaN], [{ valueOf: () => 3 }], [1, 2, 3, 4]];
for (const zone of ['', 'UTC']) {
  for (const part of PARTS) {
    const setter = `set${zone}${part}`;
    for (const values of ARGUMENTS) {
      const date = new Date(1e12);
      const invalid = new Date(NaN);
      console.log(setter, values, date[setter](...values), date.getTime(), invalid[setter](...values), invalid.getTime());
    }
    console.log(Date.prototype[setter].name, Date.prototype[setter].length);
  }
}
for (const time of [NaN, undefined, 'x', 5, null, Infinity, 9e15]) {
  const date = new Date(1e12);
  console.log(date.setTime(time), date.setYear(time));
}
