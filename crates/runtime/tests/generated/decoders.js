// Bytes at random, cut anywhere, through StringDecoder and TextDecoder.
let state = Number(process.argv[2]);
const rnd = (n) => { state = (state * 1103515245 + 12345) % 2147483648; return Math.floor(state / 65536) % n; };
const pick = (list) => list[rnd(list.length)];
const { StringDecoder } = require('string_decoder');
for (let i = 0; i < 400; i++) {
  const enc = pick(['utf8', 'utf16le', 'base64', 'base64url', 'hex', 'latin1', 'ascii']); const d = new StringDecoder(enc); const out = [enc];
  for (let j = rnd(6); j >= 0; j--) { const b = Buffer.from(Array.from({ length: rnd(5) }, () => pick([0x61, 0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x80, 0xff, 0xed, 0xa0, 0xd8, 0xdc, 0x3d, rnd(256)]))); out.push(b.toString('hex'), JSON.stringify(d.write(b)), d.lastNeed, d.lastTotal); }
  out.push(JSON.stringify(d.end())); console.log(out.join(' '));
}
for (let i = 0; i < 300; i++) {
  const enc = pick(['utf-8', 'utf-16le', 'utf-16be', 'iso-8859-5', 'koi8-r']); const opts = { fatal: rnd(2) === 1, ignoreBOM: rnd(2) === 1 }; let d; const out = [enc, JSON.stringify(opts)];
  d = new TextDecoder(enc, opts);
  for (let j = rnd(4); j >= 0; j--) { const b = Buffer.from(Array.from({ length: rnd(6) }, () => pick([0x61, 0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x80, 0xff, 0xfe, 0xef, 0xbb, 0xbf, 0xd8, 0, rnd(128)]))); try { out.push(b.toString('hex'), JSON.stringify(d.decode(b, { stream: j > 0 }))); } catch (e) { out.push(e.code); break; } }
  console.log(out.join(' '));
}
