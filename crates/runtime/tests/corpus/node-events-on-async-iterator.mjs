import { on, EventEmitter } from 'node:events';
const e = new EventEmitter();
process.nextTick(() => { e.emit('foo', 'bar'); e.emit('foo', 42); e.emit('end'); });
const iterable = on(e, 'foo');
let n = 0;
for await (const event of iterable) { console.log(event); if (++n === 2) break; }
console.log(e.listenerCount('foo'), e.listenerCount('error'));
process.nextTick(() => { e.emit('foo', 1); e.emit('error', new Error('boom')); });
try { for await (const event of on(e, 'foo')) console.log('got', event); } catch (err) { console.log(err.message); }
const ac = new AbortController();
setTimeout(() => ac.abort(), 1);
try { for await (const _ of on(e, 'foo', { signal: ac.signal })); } catch (err) { console.log(err.name); }
