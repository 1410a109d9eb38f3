const t = setTimeout(() => console.log('never'), 50);
console.log(t.hasRef(), t.unref() === t, t.hasRef());
setTimeout(() => console.log('done'), 5);
setInterval(() => {}, 1000).unref();
const i = setImmediate(() => console.log('immediate runs, since the loop turns anyway'));
i.unref(); console.log(i.hasRef());
