// Query strings, paths and old-style URLs put together at random.
let state = Number(process.argv[2]);
const rnd = (n) => { state = (state * 1103515245 + 12345) % 2147483648; return Math.floor(state / 65536) % n; };
const pick = (list) => list[rnd(list.length)];
const qs = require('querystring'); const path = require('path'); const url = require('url');
const cs = ['a', 'b', '=', '&', '+', '%20', '%e2%82%ac', '%zz', '%', 'é', ' ', '[', ']', '__proto__', '1', ';'];
const ps = ['/', '//', '.', '..', 'a', 'b.c', '.x', 'C:', '\\', '', ' '];
const us = ['http:', '//', 'user@', 'host', '.com', ':80', '/p', '?q', '#h', ' ', '{', 'é', 'javascript:', '\\', ';', '%', '[', ']', "'"];
for (let i = 0; i < 200; i++) {
  const t = Array.from({ length: rnd(9) }, () => pick(cs)).join(''); const p = qs.parse(t); console.log(JSON.stringify(t), JSON.stringify(p), qs.stringify(p), String(new URLSearchParams(t)));
  const x = Array.from({ length: rnd(7) }, () => pick(ps)).join(''), y = Array.from({ length: rnd(5) }, () => pick(ps)).join('');
  for (const m of [path.posix, path.win32]) console.log(JSON.stringify([x, y]), m.normalize(x), m.join(x, y), m.dirname(x), m.basename(x, '.c'), m.extname(x), m.isAbsolute(x), JSON.stringify(m.parse(x)), m.resolve('/r', x), m === path.posix ? m.relative('/' + x, '/' + y) : '');
  const u = Array.from({ length: rnd(8) }, () => pick(us)).join(''); try { const o = url.parse(u, rnd(2) === 1); console.log(JSON.stringify(o), url.resolve('http://a/b/c', u)); } catch (e) { console.log(JSON.stringify(u), e.code, e.message); }
}
