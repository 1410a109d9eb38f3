const log = (...args) => console.log(...args);
Promise.resolve().then(() => { log(1); process.nextTick(() => log('tick')); }).then(() => log(2)).then(() => log(3)).then(() => log(4));
