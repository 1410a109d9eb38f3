// Characters cut in two at every place, in every encoding.
const { StringDecoder } = require('string_decoder');
const texts = ['a€😀é', 'plain', '\ud83d', 'x\u0000y'];
for (const encoding of ['utf8', 'utf16le', 'base64', 'base64url', 'latin1', 'hex', 'ascii']) {
  for (const text of texts) {
    const bytes = Buffer.from(text, encoding === 'utf16le' ? 'utf16le' : 'utf8');
    for (let cut = 0; cut <= bytes.length; cut++) {
      const decoder = new StringDecoder(encoding);
      const parts = [decoder.write(bytes.subarray(0, cut)), decoder.lastNeed, decoder.lastTotal, decoder.write(bytes.subarray(cut)), decoder.end()];
      console.log(encoding, cut, JSON.stringify(parts));
    }
    const decoder = new StringDecoder(encoding);
    console.log(encoding, JSON.stringify([...bytes].map((byte) => decoder.write(Buffer.of(byte)))), JSON.stringify(decoder.end()));
  }
}
for (const bytes of [[0xe2, 0x82], [0xe2, 0x61], [0xf0, 0x9f, 0x41], [0x80], [0xc3, 0xc3, 0xa9], [0xff, 0xfe], [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80], [0xf8, 0x88, 0x80], [0xe0, 0x80], [0xf4, 0x90, 0x80, 0x80]]) {
  const decoder = new StringDecoder('utf8');
  console.log(JSON.stringify(bytes.map((byte) => decoder.write(Buffer.of(byte)))), JSON.stringify(decoder.end()), JSON.stringify(decoder.end(Buffer.from('€').subarray(0, 2))));
}
const d = new StringDecoder('utf16le');
console.log(JSON.stringify([d.write(Buffer.from([0x3d])), d.write(Buffer.from([0xd8, 0x4d])), d.write(Buffer.from([0xdc])), d.write(Buffer.from([0x3d, 0xd8])), d.end()]));
console.log(new StringDecoder(), new StringDecoder('UCS-2').encoding, new StringDecoder('binary').encoding);
for (const wrong of [() => new StringDecoder('nope'), () => new StringDecoder(1), () => new StringDecoder().write(5), () => StringDecoder.prototype.write.call({}, Buffer.alloc(1))]) {
  try { console.log(wrong()); } catch (error) { console.log(error.name, error.code, error.message); }
}
console.log(new StringDecoder().write('a string'), new StringDecoder().write(new Uint16Array([0x6161])));
