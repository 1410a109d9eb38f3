const log = (...args) => console.log(...args);
const ac = new AbortController();
ac.signal.addEventListener('abort', () => log('listener'));
log('before');
ac.abort();
log('after');
