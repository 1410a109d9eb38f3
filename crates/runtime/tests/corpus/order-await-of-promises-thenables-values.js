const thenable = { then(resolve) { console.log('then called'); resolve('thenable'); } };
async function run(name, value) { console.log(name, 'start'); console.log(name, await value); console.log(name, 'end'); }
run('a', 1); run('b', Promise.resolve(2)); run('c', thenable);
Promise.resolve(thenable).then((v) => console.log('adopted', v));
(async () => Promise.resolve('returned promise'))().then(console.log);
(async () => 'returned value')().then(console.log);
let chain = Promise.resolve();
for (let i = 0; i < 8; i++) chain = chain.then(() => console.log('hop', i));
