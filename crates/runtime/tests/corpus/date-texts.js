// What is read of dates in words, in every form that V8 knows, and what is none.
const DAYS = [
  'Sat, 1 Feb 2020', '1 Feb 2020', '2020-02-01', 'Feb 1 2020', 'Feb 1, 2020', '2/1/2020', '2020/02/01', '2020-02', '2020',
  'Sat Feb 01 2020', 'Jan 32 2020', 'Feb 30 2020', 'Apr 31 2020', '2020-2-1', '2020-13-01', '2020-02-30', '2020-02-32', '2020-00-03', '2020-03-00',
  '20200201', '13/1/2020', '0/1/2020', 'Feb 2020', '5', '32', '1 Feb 49', '1 Feb 50', '+020200-02-01', '-000001-01-01',
  '-000345-07-27', '-000000-01-01', 'on the 1 Feb 2020', '1 of Feb 2020', '',
];
const TIMES = [
  '', 'T10:00', 'T10:00:00', 'T10:00:00.123', 'T10:00:00.1234567891', 'T24:00', 'T25:00', 'T1:00', ' 10:00', ' 10:00:00',
  ' 10:00 PM', ' 12:00am', ' 13:00 pm', ' 10', ' 10:00:00.5', ' 10::5',
];
const ZONES = [
  '', 'Z', 'z', ' Z', ' GMT', ' UTC', ' EST', ' EDT', ' CST', ' CDT', ' MST', ' MDT', ' PST', ' PDT', ' CET', ' BST', ' GMT-5',
  ' GMT+2', ' GMT+0200', '+02:00', ' -0500', ' GMT+0200 (Central European Standard Time)', ' (PST)', ' +12345', ' foo',
];
for (const day of DAYS) console.log(JSON.stringify(day), ...TIMES.map((time) => Date.parse(day + time)));
for (const zone of ZONES) {
  for (const day of ['Sat, 1 Feb 2020', '2020-02-01', '2/1/2020', 'Jan 32 2020']) {
    console.log(JSON.stringify(day + zone), ...TIMES.map((time) => Date.parse(day + time + zone)));
  }
}
console.log(new Date('Mon, 03 Feb 2020 10:00:00 GMT-5'), new Date('Jan 32 2020'));
