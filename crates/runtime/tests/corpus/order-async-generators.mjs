async function* numbers() { try { yield 1; await null; yield 2; yield Promise.resolve(3); } finally { console.log('closed'); } }
for await (const n of numbers()) console.log(n);
for await (const n of numbers()) { console.log('first', n); break; }
for await (const n of [Promise.resolve('a'), 'b']) console.log(n);
const it = numbers();
console.log(await it.next(), await it.return('early'), await it.next());
Promise.resolve().then(() => console.log('job'));
(async () => { for await (const n of numbers()) console.log('interleaved', n); })();
for (let i = 0; i < 6; i++) { await null; console.log('hop', i); }
