// Flowing and paused reading, and in which tick each event comes.
const { Readable } = require('stream');
const log = (...args) => console.log(...args);
function source(name, chunks, options) {
  const left = [...chunks];
  const stream = new Readable({ ...options, read(size) { log(name, 'read', size); this.push(left.length ? left.shift() : null); } });
  for (const event of ['end', 'close', 'pause', 'resume']) stream.on(event, () => log(name, event));
  return stream;
}
const flowing = source('flowing', ['a', 'b', 'c']);
flowing.on('data', (chunk) => log('flowing data', chunk));
process.nextTick(() => log('tick'));
Promise.resolve().then(() => log('microtask'));
const paused = source('paused', ['one', 'two', 'three'], { encoding: 'utf8' });
paused.on('readable', () => {
  let chunk;
  while ((chunk = paused.read()) !== null) log('paused got', chunk);
  log('paused empty', paused.readableLength, paused.readableEnded);
});
const slow = source('slow', [1, 2, 3], { objectMode: true, highWaterMark: 2 });
slow.on('data', (chunk) => {
  log('slow data', chunk, slow.readableFlowing, slow.isPaused());
  slow.pause();
  setTimeout(() => slow.resume(), 5);
});
const sized = new Readable({ read() {} });
sized.push('abcdef');
sized.push(null);
log(sized.read(2), sized.read(10), sized.readableLength, sized.read(0));
setTimeout(() => { log(String(sized.read(4)), sized.read(), sized.readableEnded); sized.on('end', () => log('sized end')); sized.read(); }, 1);
const back = new Readable({ read() {} });
back.push('world');
back.unshift('hello ');
back.on('data', (d) => log(String(d)));
back.push(null);
log(flowing.readable, flowing.readableHighWaterMark, slow.readableHighWaterMark, slow.readableObjectMode, paused.readableEncoding, back.readableFlowing);
