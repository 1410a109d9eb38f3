// How streams look, and what is exported.
const stream = require('stream');
console.log(Object.keys(stream), Object.keys(require('stream/promises')), Object.keys(require('stream/consumers')), Object.keys(require('stream/web')));
const { Readable, Writable } = stream;
const r = new Readable({ read() {} });
r.push('abc');
console.log(r.readableLength, Object.keys(r), Object.keys(new Writable()));
console.log(stream.isReadable(r), stream.isErrored(r), stream.isDisturbed(r), stream.isDestroyed?.(r), stream.getDefaultHighWaterMark(false), stream.getDefaultHighWaterMark(true));
stream.setDefaultHighWaterMark(false, 100); console.log(new Readable().readableHighWaterMark);
console.log(Readable.prototype.read.name, Readable.name, Readable.length, String(new Readable()), Object.prototype.toString.call(r));
console.log(r);
