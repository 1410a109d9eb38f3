'use strict';
// Messages that are there go before the check phase; those posted from it, into the next poll.
setTimeout(() => {
  const { port1, port2 } = new MessageChannel();
  port2.on('message', (m) => { console.log('message', m); if (m === 'b') port2.close(); });
  port1.postMessage('a');
  setImmediate(() => { console.log('immediate 1'); port1.postMessage('b'); setImmediate(() => console.log('immediate 2')); });
}, 1);
