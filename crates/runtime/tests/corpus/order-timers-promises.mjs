import { setTimeout as sleep, setImmediate as turn, setInterval as every } from 'node:timers/promises';
console.log(await sleep(5, 'slept'));
console.log(await turn('turned'));
let n = 0;
for await (const value of every(2, 'tick')) { console.log(value, ++n); if (n === 3) break; }
await Promise.all([sleep(20).then(() => console.log('20')), sleep(10).then(() => console.log('10'))]);
try { await sleep('soon'); } catch (e) { console.log(e.name, e.code, e.message); }
