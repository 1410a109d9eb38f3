// Comparing, finding, copying, slicing.
const b = Buffer.from('this is a buffer, this is');
for (const args of [['this'], ['this', 1], ['this', -5], ['is', -2], ['nope'], [''], ['', 5], ['', 99], [97], [97 + 256], [Buffer.from('is')], ['is', 'latin1'], ['this', NaN], ['this', '3'], ['s', -1], ['t', null], ['t', undefined]]) {
  console.log(args, b.indexOf(...args), b.lastIndexOf(...args), b.includes(...args));
}
const u = Buffer.from('ΑΒΓΑΒΓ', 'ucs2');
console.log(u.indexOf('Β', 0, 'ucs2'), u.indexOf('Β', 3, 'ucs2'), u.lastIndexOf('Β', -1, 'ucs2'), u.lastIndexOf('Γ', 5, 'ucs2'), u.indexOf('ΓΑ', -8, 'utf16le'));
console.log(Buffer.from('aaaa').lastIndexOf('aa'), Buffer.from('aaaa').lastIndexOf('aa', 1), Buffer.from('aaaa').indexOf('aa', 1), Buffer.from('\u0000\u0001a', 'ucs2').indexOf('\u0100', 0, 'ucs2'));
console.log(b.indexOf('YQ==', 'base64'), b.indexOf('61', 0, 'hex'), b.indexOf('616', 0, 'hex'));
for (const wrong of [() => b.indexOf({}), () => b.indexOf('a', 0, 'nope'), () => b.indexOf()]) {
  try { console.log(wrong()); } catch (error) { console.log(error.name, error.code, error.message); }
}
console.log(Buffer.compare(Buffer.from('a'), Buffer.from('b')), Buffer.from('b').compare(Buffer.from('a')), Buffer.from('ab').compare(Buffer.from('abc')), Buffer.from('a').equals(new Uint8Array([97])));
console.log(Buffer.from('abcdef').compare(Buffer.from('xcdx'), 1, 3, 2, 4), [Buffer.from('b'), Buffer.from('a')].sort(Buffer.compare));
try { Buffer.from('abc').compare(Buffer.from('abc'), 0, 10); } catch (error) { console.log(error.code, error.message); }
try { Buffer.from('abc').compare(Buffer.from('abc'), 0, 3, 9); } catch (error) { console.log(error.code, error.message); }
try { Buffer.from('abc').equals('abc'); } catch (error) { console.log(error.code, error.message); }
const target = Buffer.alloc(8, '.');
console.log(b.copy(target, 2, 0, 4), target.toString(), b.copy(target, 6), target.toString(), target.copy(target, 0, 4), target.toString());
console.log(target.write('xy', 1), target.toString(), target.write('€€€', 1), target.toString(), target.write('zzzz', 6), target.write('ff', 0, 'hex'), target.write('abc', 0, 1), target.toString('latin1'));
for (const wrong of [() => target.write('a', 9), () => target.write(5), () => target.write('a', 0, 99), () => target.copy('x'), () => target.copy(target, -1), () => target.write('a', 0, 1, 'nope'), () => target.write('a', -1)]) {
  try { console.log(wrong()); } catch (error) { console.log(error.name, error.code, error.message); }
}
const slice = b.subarray(5, 7);
slice[0] = 73;
console.log(slice.toString(), b.toString('utf8', 0, 8), b.slice(-2).toString(), b.subarray(-4, -1).toString(), slice.buffer === b.buffer);
console.log(Buffer.alloc(4).fill('ab'), Buffer.alloc(4).fill(0x161), Buffer.alloc(5).fill('é'), Buffer.alloc(4).fill('abcd', 1, 3), Buffer.alloc(4).fill(Buffer.from('xyz')), Buffer.alloc(3).fill('a', 'latin1'), Buffer.alloc(4).fill('ff', 'hex'));
for (const wrong of [() => target.fill('a', -1), () => target.fill('a', 0, 99), () => target.fill('a', 0, 1, 'nope'), () => target.fill('x', 'hex')]) {
  try { console.log(wrong()); } catch (error) { console.log(error.name, error.code, error.message); }
}
console.log([...Buffer.from('ab').entries()], [...Buffer.from('ab').keys()], [...Buffer.from('ab')], Buffer.from('abc').map((x) => x + 1), Buffer.from('abc').filter((x) => x > 97), Buffer.from('cba').sort(), Buffer.from('abc').reverse().toString());
console.log(Buffer.from('abc').at(-1), Buffer.from('abc').parent === Buffer.from('x').buffer, Buffer.from('x').offset >= 0, Buffer.from('abc').readUint8(1));
