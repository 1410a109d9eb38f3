queueMicrotask(() => console.log('1'));
Promise.resolve().then(() => console.log('2'));
queueMicrotask(() => { console.log('3'); queueMicrotask(() => console.log('6')); });
(async () => { console.log('sync'); await null; console.log('4'); await null; console.log('7'); })();
new Promise((resolve) => resolve()).then(() => console.log('5'));
