// TextEncoder and TextDecoder.
const encoder = new TextEncoder();
console.log(encoder, encoder.encode('a€😀\ud800'), encoder.encode(), encoder.encoding, encoder.encode(undefined), encoder.encode(5));
for (const [text, size] of [['a€b', 4], ['a€b', 3], ['😀x', 4], ['\ud800', 2], ['\ud800', 3], ['', 0]]) {
  const target = new Uint8Array(size);
  console.log(encoder.encodeInto(text, target), target);
}
for (const [label, bytes, options] of [
  ['utf-8', [0xef, 0xbb, 0xbf, 0x61]], ['utf-8', [0xef, 0xbb, 0xbf, 0x61], { ignoreBOM: true }], ['utf8', [0xff, 0x61]], ['utf-8', [0xff], { fatal: true }], ['latin1', [0x80, 0xe9]], ['windows-1252', [0x80]],
  ['utf-16le', [0x61, 0, 0x3d, 0xd8, 0, 0xde]], ['utf-16be', [0, 0x61]], ['utf-16', [0xff, 0xfe, 0x61, 0]], ['utf-16le', [0x61], { fatal: true }], ['shift_jis', [0x83, 0x65]], ['gbk', [0xc4, 0xe3]], ['euc-kr', [0xb0, 0xa1]], ['iso-8859-2', [0xb1]], ['koi8-r', [0xc1]],
]) {
  try {
    const decoder = new TextDecoder(label, options);
    console.log(label, decoder.encoding, decoder.fatal, decoder.ignoreBOM, JSON.stringify(decoder.decode(new Uint8Array(bytes))));
  } catch (error) {
    console.log(label, error.name, error.code, error.message);
  }
}
const streaming = new TextDecoder();
console.log(JSON.stringify([streaming.decode(new Uint8Array([0xe2, 0x82]), { stream: true }), streaming.decode(new Uint8Array([0xac]), { stream: true }), streaming.decode(new Uint8Array([0xf0]), { stream: true }), streaming.decode()]));
console.log(streaming.decode(new Uint8Array([97]).buffer), streaming.decode(new DataView(new Uint8Array([98]).buffer)), JSON.stringify(streaming.decode()));
for (const wrong of [() => new TextDecoder('nope'), () => streaming.decode(5), () => streaming.decode('a'), () => encoder.encodeInto('a', []), () => encoder.encodeInto(5, new Uint8Array(1)), () => TextEncoder(), () => TextEncoder.prototype.encode.call({}, 'a'), () => new TextDecoder('utf-8', 5)]) {
  try { console.log(wrong()); } catch (error) { console.log(error.name, error.code, error.message); }
}
console.log(Object.prototype.toString.call(encoder), Object.prototype.toString.call(streaming));
