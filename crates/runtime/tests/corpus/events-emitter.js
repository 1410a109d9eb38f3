const EventEmitter = require('events'); const { once, on } = EventEmitter;
const e = new EventEmitter();
e.on('a', (x) => console.log('first', x)); e.prependListener('a', (x) => console.log('prepended', x)); e.once('a', (x) => console.log('once', x));
console.log(e.emit('a', 1), e.emit('a', 2), e.emit('nobody'), e.listenerCount('a'), e.eventNames());
e.on('newListener', (name) => console.log('new', name)); e.on('removeListener', (name) => console.log('removed', name));
const f = () => console.log('f'); e.on('b', f); e.on('b', f); e.off('b', f); e.emit('b'); e.removeAllListeners('b'); e.emit('b');
e.on('self', function () { console.log(this === e); }); e.emit('self');
e.on('c', function remover() { console.log('removes itself'); e.off('c', remover); e.on('c', () => console.log('added while emitting')); }); e.emit('c'); e.emit('c');
try { e.emit('error', new Error('unheard')); } catch (x) { console.log(x.message); }
try { e.emit('error', { code: 1 }); } catch (x) { console.log(x.name, x.code, x.message, x.context); }
e.on(EventEmitter.errorMonitor, () => console.log('monitored')); e.on('error', (x) => console.log('heard', x.message)); e.emit('error', new Error('loud'));
try { e.on('x', 'not a function'); } catch (x) { console.log(x.name, x.code, x.message); }
console.log(new EventEmitter()); console.log(e.rawListeners('self').length, e.getMaxListeners(), EventEmitter.defaultMaxListeners, e.setMaxListeners(1) === e);
(async () => { setTimeout(() => e.emit('later', 'a', 'b'), 1); console.log(await once(e, 'later')); setTimeout(() => e.emit('error', new Error('while waiting')), 1); await once(e, 'never').catch((x) => console.log('rejected', x.message));
  process.nextTick(() => { e.emit('n', 1); e.emit('n', 2); }); for await (const [n] of on(e, 'n')) { console.log('on', n); if (n === 2) break; } })();
class Bus extends EventEmitter { constructor() { super(); this.name = 'bus'; } } const bus = new Bus(); bus.on('x', () => {}); console.log(bus);
