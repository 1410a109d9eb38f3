// stream/consumers.
import { text, json, buffer, arrayBuffer, blob } from 'node:stream/consumers';
import { Readable } from 'node:stream';
const of = (...parts) => Readable.from(parts);
console.log(await text(of('a', 'é'.slice(0, 1))), await json(of('{"a":', '[1]}')), await buffer(of(Buffer.from('x'), Buffer.from('y'))), await arrayBuffer(of(Buffer.from('z'))));
console.log((await blob(of(Buffer.from('blob')))).size, await text(of(Buffer.from([0xe2, 0x82]), Buffer.from([0xac]))), await text(new Blob(['web']).stream()));
try { await json(of('{')); } catch (error) { console.log(error.name); }
try { await text(new Readable({ read() { this.destroy(new Error('gone')); } })); } catch (error) { console.log(error.message); }
