import def, { named, counter, increment } from './lib/m.mjs'; import * as ns from './lib/m.mjs'; import cjs, { fromCjs } from './lib/for-esm.cjs'; import { EventEmitter } from 'node:events'; import events from 'events'; import process2 from 'node:process'; import { inspect } from 'util';
console.log(def, named, counter, ns, cjs, fromCjs, EventEmitter === events, process2 === process, inspect({ a: 1 }));
increment(); console.log(counter, ns.counter, import.meta.url.startsWith('file:///'), import.meta.filename.endsWith('modules-es.mjs'), typeof import.meta.dirname, typeof require, typeof module, this);
const dynamic = await import('./lib/m.mjs'); console.log(dynamic === ns, (await import('node:timers/promises')).setTimeout.name);
try { await import('./lib/missing.mjs'); } catch (e) { console.log(e.code); } try { await import('./lib/throws.js'); } catch (e) { console.log('thrown', e.message); }
try { ns.named = 1; } catch (e) { console.log(e.name); } console.log(Object.keys(ns), Object.prototype.toString.call(ns));
