'use strict';
const { mustNotCall } = require('./lib/common');
process.on('exit', () => {
  console.log(process._exiting);
  process.nextTick(mustNotCall('process is exiting, should not be called'));
});
process.exit();
