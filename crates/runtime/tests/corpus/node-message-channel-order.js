'use strict';
const { port1, port2 } = new MessageChannel();
port2.on('message', (m) => {
  console.log('message', m);
  process.nextTick(() => console.log('tick after', m));
  Promise.resolve().then(() => console.log('job after', m));
  if (m === 3) port2.close();
});
port2.on('close', () => console.log('closed 2'));
port1.on('close', () => console.log('closed 1'));
for (const m of [1, 2, 3]) port1.postMessage(m);
process.nextTick(() => console.log('tick'));
Promise.resolve().then(() => console.log('job'));
