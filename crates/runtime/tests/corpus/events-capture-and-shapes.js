// Rejections that emitters capture; names that streams keep; limits; aborts.
const events = require('events');
const { EventEmitter, once, on, addAbortListener, getEventListeners, setMaxListeners, getMaxListeners } = events;
const log = console.log;
const capturing = new EventEmitter({ captureRejections: true });
capturing.on('x', async () => { throw new Error('rejected'); });
capturing.on('error', (error) => log('error event', error.message));
capturing.emit('x');
process.nextTick(() => log('tick'));
Promise.resolve().then(() => log('microtask'));
class Own extends EventEmitter { constructor() { super({ captureRejections: true }); } [events.captureRejectionSymbol](error, name, ...args) { log('own', error.message, name, args); } }
const own = new Own(); own.on('y', async (a) => { throw new Error(`with ${a}`); }); own.emit('y', 1, 2);
try { new EventEmitter({ captureRejections: 'yes' }); } catch (error) { log(error.code, error.message); }
try { events.captureRejections = 5; } catch (error) { log(error.code, error.message); }
events.captureRejections = true; const all = new EventEmitter(); events.captureRejections = false;
all.on('z', () => Promise.reject(new Error('all'))); all.on('error', (error) => log(error.message)); all.emit('z');
const e = new EventEmitter();
const f = () => log('f'); e.on('a', f); e.on('a', f); e.once('a', f); e.prependOnceListener('b', f); e.on(Symbol('s'), f);
log(e.eventNames(), e.listenerCount('a'), e.listenerCount('a', f), e.rawListeners('b'), getEventListeners(e, 'a').length, e);
e.on('removeListener', (name, listener) => log('removed', name, listener === f)); e.on('newListener', (name) => log('new', name));
e.off('a', f); e.removeAllListeners('a'); e.on('c', f); e.removeAllListeners(); log(e.eventNames());
const emitting = new EventEmitter(); const second = () => log('second');
emitting.on('go', () => { log('first'); emitting.off('go', second); emitting.on('go', () => log('late')); }); emitting.on('go', second); emitting.emit('go'); emitting.emit('go');
for (const wrong of [() => e.on('a'), () => e.emit('error'), () => e.emit('error', 'text'), () => e.emit('error', { a: 1 }), () => e.setMaxListeners(-1), () => e.setMaxListeners('x'), () => { EventEmitter.defaultMaxListeners = -1; }, () => setMaxListeners(1, 5), () => getMaxListeners(5), () => getEventListeners(5, 'x'), () => e.off('a', 5), () => on(5, 'x'), () => addAbortListener(), () => addAbortListener(5, () => {}), () => on(e, 'x', { highWaterMark: 0 })]) {
  try { wrong(); log('nothing'); } catch (error) { log(error.name, error.code, error.message); }
}
const target = new EventTarget(); const t = () => {}; target.addEventListener('q', t); log(getEventListeners(target, 'q').length, getEventListeners(target, 'none'), getMaxListeners(e));
setMaxListeners(3, target, e); log(getMaxListeners(target), e.getMaxListeners(), events.defaultMaxListeners);
(async () => {
  setTimeout(() => { e.emit('v', 1, 2); }, 1); log(await once(e, 'v'));
  setTimeout(() => e.emit('error', new Error('instead')), 1); await once(e, 'v').catch((error) => log(error.message));
  const controller = new AbortController(); setTimeout(() => controller.abort(), 1); await once(e, 'v', { signal: controller.signal }).catch((error) => log(error.name, error.code));
  await once(e, 'v', { signal: AbortSignal.abort() }).catch((error) => log(error.name)); await once(5, 'v').catch((error) => log(error.code));
  setTimeout(() => { for (let i = 0; i < 3; i++) e.emit('n', i); e.emit('done'); }, 1);
  for await (const [n] of on(e, 'n', { close: ['done'] })) log('n', n);
  const iterator = on(e, 'n'); e.emit('n', 1); e.emit('n', 2); log(await iterator.next(), await iterator.next(), await iterator.return(), await iterator.next(), e.listenerCount('n'));
  const failing = on(e, 'n'); e.emit('error', new Error('iterating')); await failing.next().catch((error) => log(error.message)); log(await failing.next());
  const thrown = on(e, 'n'); try { thrown.throw('x'); } catch (error) { log(error.code, error.message); } thrown.throw(new Error('given')); await thrown.next().catch((error) => log(error.message));
  setTimeout(() => target.dispatchEvent(new Event('q')), 1); log((await once(target, 'q'))[0].type);
  const abort = new AbortController(); abort.signal.addEventListener('abort', (event) => event.stopImmediatePropagation()); addAbortListener(abort.signal, () => log('heard')); abort.abort(); addAbortListener(abort.signal, () => log('heard late'));
})();
