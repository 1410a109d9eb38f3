const t = setTimeout(() => console.log('kept alive again'), 20).unref();
t.ref();
console.log(t.hasRef());
