'use strict';
const { port1, port2 } = new MessageChannel();
port1.onmessage = (e) => { console.log(e.constructor.name, e.type, e.data, e.target === port1); port1.onmessage = null; };
port2.postMessage({ nested: [1, new Map([['k', new Set([1])]]), new Date(0), /x/g, null, undefined] });
const d = new MessageChannel();
let n = 0;
d.port1.on('message', (m) => { console.log('d', m); if (++n < 5) d.port2.postMessage(n); else d.port1.close(); });
d.port2.postMessage(0);
const e = new MessageChannel();
e.port1.on('message', () => console.log('never'));
e.port1.unref();
console.log(e.port1.hasRef(), d.port1.hasRef(), e.port2.hasRef());
try { port2.postMessage(() => {}); } catch (err) { console.log(err.name, err.code, err.message); }
try { port2.postMessage(); } catch (err) { console.log(err.code, err.message); }
try { new MessagePort(); } catch (err) { console.log(err.name, err.code, err.message); }
