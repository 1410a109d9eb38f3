'use strict';
process.on('exit', (code) => { console.log('exit', code); process.exit(code === 1 ? 5 : 6); });
process.exit(1);
