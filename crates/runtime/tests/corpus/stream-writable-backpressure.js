// What write returns, when drain comes, and the order of callbacks, finish and close.
const { Writable } = require('stream');
const log = (...args) => console.log(...args);
const writable = new Writable({
  highWaterMark: 4,
  write(chunk, encoding, callback) { log('write', String(chunk), encoding); setImmediate(callback); },
  final(callback) { log('final'); callback(); },
  destroy(error, callback) { log('destroy', error); callback(error); },
});
for (const event of ['drain', 'finish', 'close', 'pipe']) writable.on(event, () => log(event, writable.writableLength, writable.writableNeedDrain));
log(writable.write('ab', () => log('cb 1')), writable.write('cd', 'latin1', () => log('cb 2')), writable.write(Buffer.from('e'), () => log('cb 3')));
log(writable.writableLength, writable.writableNeedDrain, writable.writableHighWaterMark, writable.writableCorked);
writable.once('drain', () => {
  writable.cork(); writable.write('x'); writable.write('y'); log('corked', writable.writableCorked);
  process.nextTick(() => { writable.uncork(); writable.end('z', () => log('end cb')); });
});
const sync = new Writable({ write(chunk, encoding, callback) { log('sync write', String(chunk)); callback(); } });
sync.on('finish', () => log('sync finish'));
sync.on('drain', () => log('sync drain'));
sync.write('1', () => log('sync cb 1'));
sync.write('2', () => log('sync cb 2'));
sync.end('3', () => log('sync end cb'));
process.nextTick(() => log('tick'));
Promise.resolve().then(() => log('microtask'));
const many = new Writable({ writev(chunks, callback) { log('writev', chunks.map(({ chunk, encoding }) => `${chunk} ${encoding}`)); callback(); }, decodeStrings: false });
many.cork(); many.write('a'); many.write('b', 'ucs2'); many.write('c'); many.uncork(); many.end();
const objects = new Writable({ objectMode: true, write(chunk, _, callback) { log(chunk); callback(); } });
objects.write({ a: 1 }); objects.write(0); objects.end(); log(objects.writableEnded, objects.writableFinished, objects.writable, objects.destroyed);
objects.on('close', () => log('objects close', objects.writableFinished, objects.closed, objects.destroyed));
