// fetch: results, redirects, bodies, aborts and errors.
import http from 'node:http';
const server = http.createServer(async (req, res) => {
  if (req.url === '/slow') { setTimeout(() => res.end('late'), 100); return; }
  if (req.url === '/json') { res.setHeader('content-type', 'application/json'); res.end('{"a":1}'); return; }
  if (req.url === '/die') { res.writeHead(200); res.write('part'); setImmediate(() => req.socket.destroy()); return; }
  if (req.url === '/redirect') { res.writeHead(302, { location: '/json' }); res.end(); return; }
  let body = ''; for await (const c of req) body += c;
  res.end(`${req.method} ${body}`);
});
await new Promise((r) => server.listen(0, r));
const base = `http://localhost:${server.address().port}`;
const r = await fetch(base + '/json');
console.log(r.status, r.statusText, r.ok, r.headers.get('content-type'), await r.json(), new URL(r.url).pathname);
console.log(await (await fetch(base + '/x', { method: 'POST', body: JSON.stringify({ b: 2 }) })).text());
console.log(await (await fetch(base + '/redirect')).text());
await fetch(base + '/slow', { signal: AbortSignal.timeout(10) }).catch((e) => console.log(e.name, e.message));
const c = new AbortController(); setTimeout(() => c.abort(), 5);
await fetch(base + '/slow', { signal: c.signal }).catch((e) => console.log(e.name, e.message, e.code));
await fetch('http://localhost:9').catch((e) => console.log(e.name, e.message, e.cause.code, e.cause.message));
await fetch('http://nope.invalid').catch((e) => console.log(e.name, e.message, e.cause.code));
await fetch(base + '/die').then((r) => r.text()).catch((e) => console.log(e.name, e.message, e.cause?.code, e.cause?.message));
console.log(await Promise.all([1, 2, 3].map(async (n) => (await fetch(base, { method: 'PUT', body: String(n) })).text())));
const res = await fetch(base + '/json');
for await (const chunk of res.body) console.log(chunk instanceof Uint8Array, chunk.length);
console.log(new Response('x', { status: 404 }).status, new Headers({ A: 'b' }), new Request('http://a/b').url);
server.close(() => console.log('closed'));
server.closeAllConnections();
