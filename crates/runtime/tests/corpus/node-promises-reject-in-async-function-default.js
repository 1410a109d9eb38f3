'use strict';
process.on('exit', (code) => console.log('exit', code));
(async () => { await null; throw new TypeError('async'); })();
setTimeout(() => console.log('never'), 1);
