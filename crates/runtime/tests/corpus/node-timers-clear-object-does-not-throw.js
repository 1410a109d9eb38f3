'use strict';
const { mustNotCall } = require('./lib/common');
for (const clear of [clearTimeout, clearInterval]) clear({ _onTimeout: mustNotCall(), _idleTimeout: 5, _destroyed: true });
setTimeout(() => console.log('still running'), 1);
