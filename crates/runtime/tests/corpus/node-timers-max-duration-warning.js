'use strict';
const { mustNotCall, expectWarning } = require('./lib/common');
const OVERFLOW = Math.pow(2, 31);
const text = `${OVERFLOW} does not fit into a 32-bit signed integer.\nTimeout duration was set to 1.`;
expectWarning({ TimeoutOverflowWarning: [[text, undefined], [text, undefined]] });
clearTimeout(setTimeout(mustNotCall(), OVERFLOW));
clearInterval(setInterval(mustNotCall(), OVERFLOW));
process.on('exit', () => console.log('exit'));
