'use strict';
let ran = false;
let starved = 0;
const start = Date.now();
let timerRan = false;
function spin() { starved++; if (Date.now() > start + 30) { console.log('timer ran while starving:', timerRan); return; } process.nextTick(spin); }
function onTimeout() { if (ran) return; timerRan = true; ran = true; }
setTimeout(onTimeout, 10);
setTimeout(() => console.log('after'), 20);
spin();
