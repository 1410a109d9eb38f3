'use strict';
let i;
const N = 30;
const done = [];
function cb(arg) { return () => { done.push(arg); console.log(arg); }; }
for (i = 0; i < N; i++) process.nextTick(cb(i));
console.log('Running from main.');
process.on('exit', () => { console.log(done.every((value, at) => value === at), done.length); });
