process.on('exit', (code) => { console.log('exit', code); setTimeout(() => console.log('never'), 0); process.nextTick(() => console.log('never')); });
process.nextTick(() => console.log('never'));
new Promise(() => { try { process.exit(5); } finally { console.log('never'); } });
console.log('never');
