const t = new EventTarget(); t.addEventListener('x', (e) => console.log(e.type, e.target === t, e instanceof Event, e.cancelable));
t.addEventListener('x', { handleEvent(e) { console.log('object', this === undefined ? 'no' : typeof this.handleEvent); } }); t.addEventListener('x', () => console.log('once'), { once: true });
t.dispatchEvent(new Event('x')); console.log(t.dispatchEvent(new Event('x', { cancelable: true })));
t.addEventListener('stop', (e) => { console.log('stops'); e.preventDefault(); e.stopImmediatePropagation(); }); t.addEventListener('stop', () => console.log('never')); console.log(t.dispatchEvent(new Event('stop', { cancelable: true })));
const c = new AbortController(); console.log(c, c.signal); c.signal.onabort = () => console.log('onabort'); c.signal.addEventListener('abort', () => console.log('listener', c.signal.reason.name)); c.abort(); c.abort(); console.log(c.signal.aborted, String(c.signal.reason), c.signal.reason.code, c);
console.log({ deep: { c: new AbortController() } }, AbortSignal.abort(7).reason);
try { new AbortSignal(); } catch (e) { console.log(e.name, e.code, e.message); }
process.on('uncaughtException', (e) => console.log('uncaught', e.message)); t.addEventListener('bad', () => { throw new Error('listener'); }); t.addEventListener('bad', () => console.log('still runs')); t.dispatchEvent(new Event('bad')); console.log('after dispatch');
