const zlib = require('zlib');
const text = 'It was the best of times, it was the worst of times. '.repeat(40);
// Streams that Node made, so that each implementation reads them.
const made = {
  gzip: 'H4sIAAAAAAAAA8tIzcnJVyjPL8pJAQCFEUoNCwAAAA==',
};
const pairs = [['gzip', 'gunzip'], ['deflate', 'inflate'], ['deflateRaw', 'inflateRaw'], ['gzip', 'unzip'], ['deflate', 'unzip']];
for (const [there, back] of pairs) {
  for (const options of [undefined, { level: 0 }, { level: 9, memLevel: 9 }, { windowBits: 9 }, { strategy: zlib.constants.Z_HUFFMAN_ONLY }, { chunkSize: 64 }]) {
    const small = zlib[`${there}Sync`](text, options);
    const again = zlib[`${back}Sync`](small, options?.chunkSize ? options : undefined);
    console.log(there, back, options, again.toString() === text, small.length < text.length === (options?.level !== 0));
  }
}
const attempt = (run) => {
  try { console.log(run()); } catch (error) { console.log(error.name, error.code, error.errno, error.message); }
};
attempt(() => zlib.inflateSync(Buffer.from('hello')));
attempt(() => zlib.gunzipSync(zlib.gzipSync('hello').subarray(0, -3)));
attempt(() => zlib.gunzipSync(zlib.gzipSync('hello').subarray(0, -3), { finishFlush: zlib.constants.Z_SYNC_FLUSH }).toString());
attempt(() => zlib.gunzipSync(Buffer.concat([zlib.gzipSync('one, '), zlib.gzipSync('two'), Buffer.alloc(9)])).toString());
attempt(() => zlib.gunzipSync(Buffer.concat([zlib.gzipSync('one'), Buffer.from('and more')])).toString());
attempt(() => zlib.inflateSync(Buffer.concat([zlib.deflateSync('one'), Buffer.from('and more')])).toString());
attempt(() => zlib.inflateSync(zlib.deflateSync(text, { dictionary: Buffer.from('best of times') })));
attempt(() => zlib.inflateSync(zlib.deflateSync(text, { dictionary: Buffer.from('best of times') }), { dictionary: Buffer.from('other') }));
attempt(() => zlib.inflateSync(zlib.deflateSync(text, { dictionary: Buffer.from('best of times') }), { dictionary: Buffer.from('best of times') }).toString() === text);
attempt(() => zlib.inflateRawSync(zlib.deflateRawSync(text, { dictionary: Buffer.from('worst') }), { dictionary: Buffer.from('worst') }).toString() === text);
attempt(() => zlib.gunzipSync(zlib.gzipSync(text), { maxOutputLength: 100 }));
attempt(() => zlib.gzipSync(3));
attempt(() => zlib.gzipSync('a', { level: 10 }));
attempt(() => zlib.gunzipSync(Buffer.from('H4sIAAAAAAAAA8tIzcnJVyjPL8pJAQCFEUoNCwAAAA==', 'base64')).toString());
attempt(() => zlib.unzipSync(Buffer.from([0x1f])));
attempt(() => zlib.gzipSync('info', { info: true }).engine.constructor.name);
console.log(zlib.crc32('hello'), zlib.crc32(Buffer.from(' world'), zlib.crc32('hello')), zlib.codes.Z_DATA_ERROR, zlib.codes['-5']);
console.log(zlib.constants.Z_BEST_COMPRESSION, zlib.Z_SYNC_FLUSH, Object.keys(zlib.constants).length);
