const log = (...args) => console.log(...args);
const a = setTimeout(() => log('never'), 5);
clearTimeout(a);
a.refresh();
log(a.hasRef(), a._destroyed);
