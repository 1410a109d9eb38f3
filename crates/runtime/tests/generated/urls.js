// URLs put together at random, and one part of each changed.
let state = Number(process.argv[2]);
const rnd = (n) => { state = (state * 1103515245 + 12345) % 2147483648; return Math.floor(state / 65536) % n; };
const pick = (list) => list[rnd(list.length)];
const parts = ['http:', 'https:', 'ftp:', 'foo:', 'mailto:', '//', '/', '\\', 'a', 'example.com', 'EXAMPLE', 'xn--', '1.2.3.4', '0x7f', '[::1]', '[1:2::3]', ':80', ':443', ':0', ':99999', '@', 'user', ':pw', '?', 'q=1', '&', '#', 'h', '%20', '%zz', '%41', ' ', 'é', '.', '..', '%2e', '|', '<', '^', '`', '{', "'", '"', '\t', 'C:', '~', '*', ';', ',', '\u0000'];
for (let i = 0; i < 600; i++) {
  const text = Array.from({ length: 1 + rnd(8) }, () => pick(parts)).join(''); const base = pick([undefined, 'http://base.com/x/y?z#w']);
  try { const u = new URL(text, base); const out = [JSON.stringify(text), base, u.href, u.origin, u.host, u.port, u.pathname, u.search, u.hash, u.username, u.password]; const p = pick(['protocol', 'host', 'hostname', 'port', 'pathname', 'search', 'hash', 'username', 'password']); const v = pick(parts); u[p] = v; out.push(p, JSON.stringify(v), u.href); console.log(out.join(' ')); } catch (e) { console.log(JSON.stringify(text), base, e.code); }
}
