'use strict';
const { mustCall } = require('./lib/common');
const t = setTimeout(mustCall(() => {
  console.log('fired', t._repeat);
  if (t._repeat) clearTimeout(t);
  t._repeat = 1;
}, 2), 1);
