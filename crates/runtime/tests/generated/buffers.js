// Bytes and texts at random, in and out of every encoding, found and filled.
let state = Number(process.argv[2]);
const rnd = (n) => { state = (state * 1103515245 + 12345) % 2147483648; return Math.floor(state / 65536) % n; };
const pick = (list) => list[rnd(list.length)];
const encs = ['utf8', 'ucs2', 'latin1', 'ascii', 'base64', 'base64url', 'hex'];
const chars = ['a', 'Z', '0', '9', '=', '-', '_', '+', '/', ' ', '\n', 'é', '€', '😀', '\ud800', '\udc00', 'f', 'F', '\u0000', '\u00ff', '\u0100'];
const str = () => Array.from({ length: rnd(12) }, () => pick(chars)).join('');
for (let i = 0; i < 600; i++) {
  const enc = pick(encs), text = str(); const b = Buffer.from(text, enc); const out = [enc, JSON.stringify(text), b.toString('hex'), Buffer.byteLength(text, enc)];
  const raw = Buffer.from(Array.from({ length: rnd(9) }, () => pick([0x61, 0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x80, 0xff, 0xed, 0xa0, 0xc0, rnd(256)])));
  const e2 = pick(encs); out.push(raw.toString('hex'), e2, JSON.stringify(raw.toString(e2, rnd(4), rnd(12))));
  const t = Buffer.alloc(8, '.'); out.push((() => { const o = rnd(9); try { return t.write(text, o, rnd(9 - o + 1) , enc); } catch (e) { return e.code + e.message; } })() , t.toString('hex'));
  out.push(raw.indexOf(text, rnd(20) - 10, enc), raw.lastIndexOf(text, rnd(20) - 10, enc), raw.includes(rnd(256)));
  try { out.push(Buffer.alloc(6).fill(text, rnd(3), 3 + rnd(4), enc).toString('hex')); } catch (e) { out.push(e.code); }
  console.log(out.join(' '));
}
