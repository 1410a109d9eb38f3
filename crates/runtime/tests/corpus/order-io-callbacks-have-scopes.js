// Each callback of I/O has its ticks and microtasks run before the next, also where both are ready.
const fs = require('fs');
const dir = fs.mkdtempSync('/tmp/rtest-corpus-');
fs.writeFileSync(`${dir}/a`, 'a');
const seen = [];
let left = 2;
for (const name of ['one', 'two']) {
  fs.readFile(`${dir}/a`, () => {
    seen.push('callback');
    process.nextTick(() => { seen.push('tick'); Promise.resolve().then(() => seen.push('microtask of tick')); });
    Promise.resolve().then(() => { seen.push('microtask'); process.nextTick(() => seen.push('tick of microtask')); });
    if (--left === 0) setImmediate(() => { console.log(seen.join('\n')); fs.rmSync(dir, { recursive: true }); });
  });
}
const end = Date.now() + 30;
while (Date.now() < end);
