'use strict';
process.nextTick(() => {});
console.log('main');
