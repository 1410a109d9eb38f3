// Streams emit where they work: in the context of what made them go on.
import { AsyncLocalStorage } from 'node:async_hooks';
import { PassThrough, Readable, Transform, Writable, finished, pipeline } from 'node:stream';
import { pipeline as pipelineOf } from 'node:stream/promises';
import { text } from 'node:stream/consumers';

const als = new AsyncLocalStorage();
const at = (...args) => console.log(...args, als.getStore());
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const source = als.run('source', () => Readable.from((async function* () {
  for (const x of ['a', 'b']) {
    at('source', x);
    await sleep(1);
    yield x;
  }
})()));
const upper = als.run('transform', () => new Transform({
  transform(chunk, encoding, callback) {
    at('transform', String(chunk));
    setTimeout(() => callback(null, String(chunk).toUpperCase()), 1);
  },
}));
await als.run('pipeline', () => pipelineOf(source, upper, new Writable({
  write(chunk, encoding, callback) { at('write', String(chunk)); callback(); },
  final(callback) { at('final'); callback(); },
})));
at('piped');

const stream = new PassThrough();
als.run('reader', () => {
  stream.on('data', (chunk) => at('data', String(chunk)));
  stream.on('end', () => at('end'));
  finished(stream, () => at('finished'));
});
als.run('writer', () => {
  stream.write('x', () => at('written'));
  stream.end('y');
});
await sleep(1);
await als.run('text', async () => { at('text', await text(Readable.from(['p', 'q']))); });
als.run('callback', () => pipeline(Readable.from(['z']), new PassThrough().resume(), () => at('pipeline callback')));
await sleep(1);
await als.run('iterating', async () => {
  for await (const chunk of Readable.from(['1', '2'])) at('chunk', chunk);
});
const web = new ReadableStream({ pull(controller) { at('pull'); controller.enqueue('w'); controller.close(); } });
await als.run('web', async () => {
  for await (const chunk of web) at('web chunk', chunk);
});
