import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
try { require('./lazy-other.mjs'); } catch (error) { console.log(error.code); }
setTimeout(() => console.log(require('./lazy-other.mjs')), 1);
export const later = 1;
