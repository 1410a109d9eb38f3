const log = (...args) => console.log(...args);
const t = setTimeout(() => log('kept'), 20);
t.unref().ref().unref().ref();
