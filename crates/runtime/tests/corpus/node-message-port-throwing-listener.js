'use strict';
const { port1, port2 } = new MessageChannel();
process.on('uncaughtException', (e) => console.log('uncaught', e.message));
port2.on('message', (m) => { console.log('got', m); if (m === 3) { port2.close(); return; } throw new Error(`in ${m}`); });
for (const m of [1, 2, 3]) port1.postMessage(m);
