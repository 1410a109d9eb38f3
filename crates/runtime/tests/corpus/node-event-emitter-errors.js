'use strict';
const EventEmitter = require('events');
const e = new EventEmitter();
for (const arg of [new Error('own'), 'text', { a: 1 }, undefined, null, false, Symbol('s')]) {
  try { e.emit('error', arg); } catch (error) { console.log(error.name, error.code, error.message, error.context === arg); }
}
e.on(EventEmitter.errorMonitor, (error) => console.log('monitor', error.message));
try { e.emit('error', new Error('seen')); } catch (error) { console.log('thrown', error.message); }
e.on('error', (error) => console.log('handler', error.message));
console.log(e.emit('error', new Error('handled')));
