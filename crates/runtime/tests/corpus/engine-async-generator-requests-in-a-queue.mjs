const settled = async (promises) => (await Promise.allSettled(promises)).map((s) => s.reason?.message ?? s.value);
async function* g() {}
const it = g();
console.log(await Promise.all([it.return(1), it.next(), it.return(2), it.next(), it.throw(new Error('x')).catch((e) => e.message), it.next()]));
async function* h() { try { yield 1; await null; yield 2; } finally { console.log('fin'); } }
const i2 = h();
console.log(await settled([i2.next(), i2.next(), i2.throw(new Error('t')), i2.next(), i2.return(5), i2.next()]));
const i3 = h();
console.log(await settled([i3.next(), i3.return(Promise.reject(new Error('r'))), i3.next(), i3.return(7), i3.return(8)]));
