// Every encoding there and back, with what does not fit it.
const texts = ['', 'a', 'hello world', 'ÿé', '€uro', '😀 smile', 'a\ud800b', '\udc00', 'YWJj', 'YW Jj=\n', 'abc$%', '00ff1', 'zz', '-_-_', 'ab==cd', 'A', '=', 'AAA'];
for (const encoding of ['utf8', 'utf-8', 'UTF8', 'ucs2', 'ucs-2', 'utf16le', 'latin1', 'binary', 'ascii', 'base64', 'base64url', 'hex']) {
  for (const text of texts) {
    const bytes = Buffer.from(text, encoding);
    console.log(encoding, JSON.stringify(text), bytes.toString('hex'), Buffer.byteLength(text, encoding), JSON.stringify(bytes.toString(encoding)));
  }
}
const all = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
for (const encoding of ['utf8', 'ucs2', 'latin1', 'ascii', 'base64', 'base64url', 'hex']) {
  console.log(encoding, JSON.stringify(all.toString(encoding)), JSON.stringify(all.toString(encoding, 3, 10)), JSON.stringify(all.toString(encoding, 250)));
}
for (const bytes of [[0xe2, 0x82], [0xf0, 0x9f, 0x98], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf8, 0x88], [0xe2, 0x28, 0xa1], [0x80, 0x61], [0xf4, 0x90, 0x80, 0x80], [0xef, 0xbb, 0xbf, 0x61]]) {
  console.log(JSON.stringify(Buffer.from(bytes).toString()));
}
console.log(Buffer.from('abc').toString('utf8', 1, 2), Buffer.from('abc').toString(undefined, -1, 99), Buffer.from('abc').toString('hex', 2, 1));
try { Buffer.from('a').toString('nope'); } catch (error) { console.log(error.code, error.message); }
console.log(atob('aGk='), btoa('hi'), atob(' aG k '), btoa(null));
for (const wrong of [() => atob('a'), () => atob('a$=='), () => btoa('€'), () => atob(), () => atob('aG=k')]) {
  try { console.log(wrong()); } catch (error) { console.log(error.name, error.message, error.code); }
}
const { transcode, isUtf8, isAscii } = require('buffer');
console.log(transcode(Buffer.from('€é'), 'utf8', 'latin1'), transcode(Buffer.from('é'), 'utf8', 'ucs2'), transcode(Buffer.from([0xe9]), 'latin1', 'utf8'), transcode(Buffer.from('€a'), 'utf8', 'ascii'));
console.log(isUtf8(Buffer.from([0xff])), isUtf8(Buffer.from('é')), isAscii(Buffer.from('é')), isAscii(Buffer.from('e')));
