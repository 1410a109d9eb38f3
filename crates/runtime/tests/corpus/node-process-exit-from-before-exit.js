'use strict';
process.on('beforeExit', () => { setTimeout(() => { console.log('timer'); process.exit(3); }, 5); });
process.on('exit', (code) => console.log('exit', code));
