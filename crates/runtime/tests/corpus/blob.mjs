// Blob and File: parts, slices, reading.
import { Blob as B } from 'node:buffer';
const blob = new Blob(['héllo ', new Uint8Array([119, 111]), new Blob(['rld']), new Uint8Array([33]).buffer], { type: 'Text/Plain' });
console.log(blob, B === Blob, blob.size, blob.type, await blob.text(), await blob.arrayBuffer());
console.log(await blob.slice(1, 5).text(), blob.slice(-3).size, await blob.slice(-3, -1, 'x/y').text(), blob.slice(-3, -1, 'X/y').type);
console.log(await new Blob([]).text(), new Blob().size, await new Blob(['a\r\nb\n'], { endings: 'native' }).text());
const file = new File(['abc'], 'a.txt', { type: 'text/plain', lastModified: 5 });
console.log(file.name, file.size, file.lastModified, await file.text(), file instanceof Blob, Object.prototype.toString.call(file));
for await (const chunk of blob.stream()) console.log(chunk);
for (const wrong of [() => new Blob('x'), () => new Blob(5), () => new Blob([], { endings: 'nope' }), () => new File(['a']), () => Blob.prototype.slice.call({})]) {
  try { console.log(wrong()); } catch (error) { console.log(error.name, error.code, error.message); }
}
