import http from 'node:http';
import zlib from 'node:zlib';

const text = JSON.stringify(Array.from({ length: 500 }, (_, id) => ({ id, name: `thing ${id}` })));
const encoders = { gzip: zlib.createGzip, deflate: zlib.createDeflate, raw: zlib.createDeflateRaw };
const server = http.createServer((request, response) => {
  const way = request.url.slice(1);
  response.setHeader('content-encoding', way === 'raw' ? 'deflate' : way === 'broken' ? 'gzip' : way);
  if (way === 'broken') return response.end('not gzip at all');
  const encoder = encoders[way]();
  encoder.pipe(response);
  encoder.write(text.slice(0, 1000));
  setTimeout(() => encoder.end(text.slice(1000)), 2);
});
server.listen(0, async () => {
  const base = `http://127.0.0.1:${server.address().port}`;
  for (const way of ['gzip', 'deflate', 'raw']) {
    const response = await fetch(`${base}/${way}`);
    console.log(way, response.headers.get('content-encoding'), (await response.text()) === text);
  }
  await (await fetch(`${base}/broken`)).text().catch((error) => console.log(error.name, error.message, error.cause?.code));
  http.get(`${base}/gzip`, { agent: false }, async (response) => {
    let all = '';
    for await (const chunk of response.pipe(zlib.createGunzip()).setEncoding('utf8')) all += chunk;
    console.log('get', all === text);
    server.close();
    server.closeAllConnections();
  });
});
