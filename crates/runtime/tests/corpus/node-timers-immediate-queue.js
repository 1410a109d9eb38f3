'use strict';
let hits = 0;
const QUEUE = 10;
let ticked = false;
function run() {
  if (hits === 0) { setTimeout(() => { ticked = true; }, 1); const now = Date.now(); while (Date.now() - now < 3); }
  if (ticked) return;
  hits++;
  setImmediate(run);
}
for (let i = 0; i < QUEUE; i++) setImmediate(run);
process.on('exit', () => console.log('hits', hits));
