'use strict';
const { mustCall } = require('./lib/common');
const shown = [];
process.on('exit', () => console.log(shown.sort()));
[setTimeout, setInterval, setImmediate].forEach((start) => {
  const done = mustCall((how) => { shown.push(`${start.name} ${how}`); });
  const end = { setTimeout: clearTimeout, setInterval: clearInterval, setImmediate: clearImmediate }[start.name];
  const args = start === setImmediate ? [] : [1];
  const one = start.call({}, function() { end(one); }, ...args);
  const two = start.apply(null, [() => { end(two); done('apply'); }, ...args]);
});
