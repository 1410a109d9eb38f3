'use strict';
const EventEmitter = require('events');
process.on('warning', (w) => console.log(w.name, w.count, String(w.type), w.message));
const e = new EventEmitter();
for (let i = 0; i < 12; i++) e.on('many', () => {});
e.setMaxListeners(1);
e.on('few', () => {}).on('few', () => {});
e.setMaxListeners(0);
for (let i = 0; i < 20; i++) e.on('free', () => {});
for (const bad of [-1, NaN, 'x', undefined]) { try { e.setMaxListeners(bad); console.log('ok'); } catch (err) { console.log(err.code, err.message); } }
console.log(e.getMaxListeners(), EventEmitter.defaultMaxListeners);
e.setMaxListeners(1);
const s = Symbol('symbol');
e.on(s, () => {}).on(s, () => {});
