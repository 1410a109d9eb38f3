// Exports of built-in modules that are made when a module first names them.
import util, { promisify } from 'node:util';
import './lib/late-named.mjs';
import process, { stdin } from 'node:process';
import EE, { defaultMaxListeners } from 'node:events';
console.log(typeof promisify, typeof util.parseArgs, process.argv.length > 1, stdin.fd, defaultMaxListeners);
const c = await import('./lib/late-all.mjs');
console.log(c.default);
