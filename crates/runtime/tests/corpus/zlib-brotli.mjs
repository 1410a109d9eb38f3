import http from 'node:http';
import { promisify } from 'node:util';
import zlib from 'node:zlib';

const { BROTLI_PARAM_LGWIN, BROTLI_PARAM_MODE, BROTLI_MODE_TEXT, BROTLI_PARAM_QUALITY } = zlib.constants;
const text = 'It was the best of times, it was the worst of times. '.repeat(400);
for (const params of [undefined, { [BROTLI_PARAM_QUALITY]: 1 }, { [BROTLI_PARAM_LGWIN]: 12, [BROTLI_PARAM_MODE]: BROTLI_MODE_TEXT, [BROTLI_PARAM_QUALITY]: 5 }]) {
  const small = zlib.brotliCompressSync(text, { params });
  console.log(small.length < text.length / 10, zlib.brotliDecompressSync(small).toString() === text);
}
const attempt = (run) => {
  try { console.log(run()); } catch (error) { console.log(error.name, error.code, error.errno, error.message); }
};
const made = Buffer.from('GxAA+I2Ubt5EVYaWbCBvAU8cYBw=', 'base64');
attempt(() => zlib.brotliDecompressSync(made).toString());
attempt(() => zlib.brotliDecompressSync('nope'));
attempt(() => zlib.brotliDecompressSync(zlib.brotliCompressSync(text).subarray(0, -2)));
attempt(() => zlib.brotliDecompressSync(Buffer.concat([zlib.brotliCompressSync('one'), Buffer.from('more')])).toString());
attempt(() => zlib.brotliCompressSync('a', { params: { 100: 1 } }));
attempt(() => zlib.brotliDecompressSync(Buffer.alloc(0)));
console.log((await promisify(zlib.brotliDecompress)(await promisify(zlib.brotliCompress)('through the pool'))).toString());

const server = http.createServer((request, response) => {
  response.setHeader('content-encoding', 'br');
  const encoder = zlib.createBrotliCompress();
  encoder.pipe(response);
  encoder.write(text.slice(0, 1000));
  encoder.flush(() => setTimeout(() => encoder.end(text.slice(1000)), 2));
});
server.listen(0, async () => {
  const response = await fetch(`http://127.0.0.1:${server.address().port}`);
  console.log(response.headers.get('content-encoding'), (await response.text()) === text);
  server.close();
  server.closeAllConnections();
});
