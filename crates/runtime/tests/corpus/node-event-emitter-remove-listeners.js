'use strict';
const EventEmitter = require('events');
const a = () => console.log('a');
const b = () => console.log('b');
{
  const e = new EventEmitter();
  e.on('hello', a);
  e.on('removeListener', (event, listener) => console.log('removed', event, listener === a));
  e.removeListener('hello', b);
  e.removeListener('hello', a);
  console.log(e.listeners('hello'));
}
{
  const e = new EventEmitter();
  const one = () => { console.log('one'); e.removeListener('x', two); };
  const two = () => console.log('two');
  e.on('x', one).on('x', two);
  e.emit('x');
  e.emit('x');
}
{
  const e = new EventEmitter();
  e.on('x', a).on('x', b).on('x', a);
  e.off('x', a);
  console.log(e.listeners('x').map((f) => f.name));
  e.removeAllListeners();
  console.log(e.eventNames(), e.emit('x'));
}
{
  const e = new EventEmitter();
  e.once('o', a);
  e.off('o', a);
  console.log(e.emit('o'), e.rawListeners('o'));
}
