'use strict';
// What the modules that Node's own tests ask for have on the main thread.
const { exec, spawnSync } = require('child_process');
const { isMainThread } = require('node:worker_threads');
console.log(typeof exec, typeof spawnSync, isMainThread, process.umask().toString(8), process.umask(0o22) === 0o22);
console.log(typeof process.config.variables, typeof process.features, process.execArgv, typeof process.versions);
console.log(Object.keys(globalThis));
console.log(require('cluster').isPrimary, require('crypto').constants.OPENSSL_VERSION_NUMBER >= 0x30000000, Boolean(process.versions.openssl));
