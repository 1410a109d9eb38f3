// Buffers over shared memory: slices, pools, ArrayBuffers, detaching, subclasses of Uint8Array.
const a = Buffer.from('hello world'); const b = a.subarray(0, 5); b.write('HELLO'); console.log(a.toString(), b.buffer === a.buffer, b.byteOffset - a.byteOffset, b.parent === a.parent);
const shared = new Uint16Array([5000, 4000]); const same = Buffer.from(shared.buffer); shared[1] = 6000; console.log(same, Buffer.from(shared), same.length);
console.log(Buffer.from(a).equals(a), Buffer.from(a) !== a, a.slice(2, 4).toString(), Uint8Array.prototype.slice.call(a, 2, 4).constructor.name, a.map((x) => x).constructor.name, a.filter(() => true).constructor.name, a instanceof Uint8Array);
console.log(Buffer.alloc(3) + '', `${Buffer.from('t')}`, Buffer.from('a') == 'a', [Buffer.from('x')].join(), JSON.parse(JSON.stringify(Buffer.from('ab'))), Buffer.from(JSON.parse(JSON.stringify(Buffer.from('ab')))).toString());
const moved = new ArrayBuffer(4); const view = Buffer.from(moved); structuredClone(moved, { transfer: [moved] }); console.log(view.length, view.byteLength, view.toString());
console.log(Object.keys(Buffer.from('ab')), Buffer.from('ab').hasOwnProperty(0), 0 in Buffer.from('a'), 1 in Buffer.from('a'), Buffer.from('abc').length, Buffer.from('é').length);
const dv = new DataView(a.buffer, a.byteOffset, 2); console.log(dv.getUint16(0), a.readUInt16BE(0)); for (const [i, byte] of Buffer.from('ab').entries()) console.log(i, byte);
console.log(Buffer.from('abcabc').indexOf(Buffer.from('ca')), Buffer.from('b').compare(Buffer.from('a')), Buffer.concat([a, b], 7).toString(), Buffer.concat([a], 20).length, Buffer.isBuffer(Object.create(Buffer.prototype)));
class Mine extends Uint8Array {} console.log(Buffer.from(new Mine([1, 2])), Buffer.concat([new Mine([1])])); console.log(new Blob([a, 'x']).size, a.toLocaleString('hex').length, a.inspect().startsWith('<Buffer'));
console.log(Buffer.from('zz').fill('y', 1).toString(), Buffer.from('test').swap16().toString(), Buffer.allocUnsafe(0), Buffer.from([]), Buffer.from(''), new Uint8Array(Buffer.from('a')));
