import { once, EventEmitter } from 'node:events';
const e = new EventEmitter();
process.nextTick(() => e.emit('myevent', 42, 'x'));
console.log(await once(e, 'myevent'), e.listenerCount('error'));
process.nextTick(() => e.emit('error', new Error('kaboom')));
try { await once(e, 'myevent'); } catch (err) { console.log(err.message, e.listenerCount('myevent')); }
process.nextTick(() => e.emit('error', new Error('wanted')));
console.log((await once(e, 'error'))[0].message);
const ac = new AbortController();
process.nextTick(() => ac.abort());
try { await once(e, 'x', { signal: ac.signal }); } catch (err) { console.log(err.name, err.code); }
const t = new EventTarget();
process.nextTick(() => t.dispatchEvent(new Event('go')));
console.log((await once(t, 'go'))[0].type);
