// Web streams: reading, writing, piping, tees, transforms, and to and from Node's own.
import { Readable, Writable, Duplex } from 'node:stream';
const log = console.log;
const numbers = (n) => { let i = 0; return new ReadableStream({ pull(c) { log("pull", i); if (i < n) c.enqueue(i++); else c.close(); }, cancel(reason) { log("cancelled", reason?.code ?? reason); } }); };
for await (const n of numbers(3)) log(n);
const reader = numbers(2).getReader();
log(await reader.read(), await reader.read(), await reader.read(), await reader.closed);
const cancelled = numbers(9); for await (const n of cancelled) { log('one', n); break; }
log(cancelled, cancelled.locked);
const writes = []; const writer = new WritableStream({ write(chunk) { writes.push(chunk); }, close() { log('closed', writes); }, abort(reason) { log('abort', reason); } }, { highWaterMark: 2 }).getWriter();
log(writer.desiredSize); writer.write('a'); writer.write('b'); log(writer.desiredSize); await writer.ready; await writer.close();
await numbers(2).pipeThrough(new TransformStream({ transform(chunk, c) { c.enqueue(chunk * 10); }, flush(c) { c.enqueue('end'); } })).pipeTo(new WritableStream({ write(chunk) { log('piped', chunk); } }));
const [left, right] = numbers(2).tee(); log(await Array.fromAsync?.(left) ?? 'no fromAsync'); for await (const n of right) log('right', n);
const text = new ReadableStream({ start(c) { c.enqueue('é'); c.close(); } }).pipeThrough(new TextEncoderStream()).pipeThrough(new TextDecoderStream());
for await (const t of text) log(t);
const failing = new ReadableStream({ pull(c) { c.error(new Error('broken source')); } });
try { for await (const x of failing) log(x); } catch (error) { log(error.message); }
try { await new ReadableStream({ pull() { throw new Error('pull threw'); } }).getReader().read(); } catch (error) { log(error.message); }
for (const wrong of [() => new ReadableStream({ type: 'nope' }), () => new ReadableStream().getReader({ mode: 'x' }), () => { const s = new ReadableStream(); s.getReader(); s.getReader(); }, () => new WritableStream({ type: 'x' }), () => new ReadableStreamDefaultReader({}), () => new ReadableStream({}, { highWaterMark: -1 })]) {
  try { wrong(); log('nothing'); } catch (error) { log(error.name, error.code, error.message); }
}
for await (const chunk of Readable.fromWeb(numbers(2), { objectMode: true })) log('node', chunk);
for await (const chunk of Readable.toWeb(Readable.from(['w']))) log('web', chunk);
const sink = Writable.fromWeb(new WritableStream({ write(chunk) { log('to web', String(chunk)); } })); sink.end('x'); await new Promise((resolve) => sink.on('finish', resolve));
const bytes = new ReadableStream({ type: 'bytes', pull(c) { c.enqueue(new Uint8Array([1, 2, 3])); c.close(); } }); const byob = bytes.getReader({ mode: 'byob' }); log(await byob.read(new Uint8Array(2)), await byob.read(new Uint8Array(2)));
log(new CountQueuingStrategy({ highWaterMark: 3 }), new ByteLengthQueuingStrategy({ highWaterMark: 3 }).size(new Uint8Array(4)));
const abort = new AbortController(); const piping = numbers(5).pipeTo(new WritableStream({ write() { abort.abort('stop'); } }), { signal: abort.signal }); try { await piping; } catch (error) { log('pipe', error); }
log(ReadableStream.from ? 'from' : 'no from'); for await (const x of ReadableStream.from(['f'])) log(x);
