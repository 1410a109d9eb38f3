import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import { Readable, Writable } from 'node:stream';
import { promisify } from 'node:util';
import zlib, { createGunzip, createGzip } from 'node:zlib';

const text = Array.from({ length: 3000 }, (_, i) => `line ${i}: ${(i * 7919) % 1000}\n`);
const collect = async (...streams) => {
  const parts = [];
  await pipeline(...streams, new Writable({ write(chunk, encoding, done) { parts.push(chunk); done(); } }));
  return Buffer.concat(parts);
};
const small = await collect(Readable.from(text), createGzip({ level: 6 }));
const back = await collect(Readable.from([small.subarray(0, 1), small.subarray(1, 700), small.subarray(700)]), createGunzip());
console.log(back.toString() === text.join(''), small.length < back.length / 2);

const gzip = promisify(zlib.gzip), unzip = promisify(zlib.unzip);
console.log((await unzip(await gzip('through the pool'))).toString());
await promisify(zlib.gunzip)(Buffer.from('not gzip')).catch((error) => console.log(error.code, error.errno, error.message));

// What is flushed can be read before the end.
const deflate = zlib.createDeflate(), inflate = zlib.createInflate();
deflate.pipe(inflate);
inflate.setEncoding('utf8');
const seen = [];
inflate.on('data', (chunk) => seen.push(chunk));
inflate.on('end', () => console.log('end', seen.join('|'), inflate.bytesWritten === deflate.bytesWritten, deflate.bytesWritten));
deflate.write('first');
deflate.flush(() => {
  inflate.once('data', () => deflate.end('second'));
});
await once(inflate, 'end');

const broken = createGunzip();
broken.on('error', (error) => console.log('error', error.code, broken.destroyed));
broken.on('close', () => console.log('close'));
broken.write(Buffer.concat([small.subarray(0, 100), Buffer.alloc(50, 0xff)]));
await new Promise((resolve) => broken.on('close', resolve));

const level = createGzip();
level.params(9, zlib.constants.Z_DEFAULT_STRATEGY, () => { level.end('a'.repeat(1000)); });
console.log((await collect(level, createGunzip())).length);

const trailing = zlib.createInflate();
trailing.on('end', () => console.log('trailing', trailing.bytesWritten));
trailing.resume();
trailing.end(Buffer.concat([zlib.deflateSync('x'), Buffer.from('trailing')]));
await once(trailing, 'end');
const stream = new Blob(['web streams']).stream().pipeThrough(new CompressionStream('gzip')).pipeThrough(new DecompressionStream('gzip'));
console.log(await new Response(stream).text());
