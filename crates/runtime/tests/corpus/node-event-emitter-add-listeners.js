'use strict';
const { mustCall, mustNotCall } = require('./lib/common');
const assert = require('assert');
const EventEmitter = require('events');
const ee = new EventEmitter();
const added = [];
ee.on('newListener', mustCall((event, listener) => { if (event !== 'newListener') added.push([event, typeof listener]); }, 3));
function hello(a, b) { console.log(a, b, this === ee); }
ee.once('newListener', function(name, listener) { console.log('first', name, this.listeners('hello').length, listener === hello); });
ee.on('hello', hello);
ee.once('foo', mustNotCall());
ee.emit('hello', 'a', 'b');
console.log(added, ee.eventNames(), ee.listenerCount('hello'));
for (const bad of [null, undefined, 1, {}, 'x']) assert.throws(() => ee.on('x', bad), { code: 'ERR_INVALID_ARG_TYPE' });
