// pipeline: callbacks, errors in each place, generators, abort.
const { Readable, Writable, Transform, PassThrough, pipeline, finished, addAbortSignal } = require('stream');
const { promisify } = require('util');
const upper = () => new Transform({ transform(chunk, e, callback) { callback(null, String(chunk).toUpperCase()); } });
const sink = (name) => new Writable({ write(chunk, e, callback) { console.log(name, String(chunk)); callback(); } });
pipeline(Readable.from(['a', 'b']), upper(), sink('plain'), (error) => console.log('plain done', error));
pipeline(Readable.from(['a', 'b', 'c']), new Transform({ transform(chunk, e, callback) { callback(chunk === 'b' || String(chunk) === 'b' ? new Error('no b') : null, chunk); } }), sink('broken'), (error) => console.log('broken done', error.message));
pipeline(async function* () { yield 'x'; yield 'y'; }, async function* (source) { for await (const chunk of source) yield `<${chunk}>`; }, sink('generators'), (error) => console.log('generators done', error));
pipeline(Readable.from([1, 2, 3]), async (source) => { let sum = 0; for await (const n of source) sum += n; return sum; }, (error, value) => console.log('sum', error, value));
const early = new PassThrough();
pipeline(early, sink('early'), (error) => console.log('early', error.code, error.message));
early.write('one'); setImmediate(() => early.destroy());
const failing = new Writable({ write(c, e, callback) { callback(new Error('sink broke')); } });
const source = Readable.from(['1', '2']);
pipeline(source, failing, (error) => console.log('sink', error.message, source.destroyed, failing.destroyed));
const controller = new AbortController();
const { pipeline: pipelineAsync, finished: finishedAsync } = require('stream/promises');
pipelineAsync(new Readable({ read() {} }), sink('aborted'), { signal: controller.signal }).catch((error) => console.log('aborted', error.name, error.code, error.message));
setTimeout(() => controller.abort(), 60);
pipelineAsync(Readable.from(['p']), upper(), sink('promised')).then((value) => console.log('promised', value));
promisify(pipeline)(Readable.from(['q']), sink('promisified')).then(() => console.log('promisified done'));
const end = Readable.from(['z']); finished(end, (error) => console.log('finished', error)); end.resume();
const cut = new Readable({ read() {} }); finished(cut, (error) => console.log('cut', error.code, error.message)); cut.destroy();
finishedAsync(Readable.from(['z']).resume()).then(() => console.log('finished promise'));
const already = new PassThrough(); already.end(); already.resume(); already.on('close', () => finished(already, (error) => console.log('already', error)));
const signalled = addAbortSignal(AbortSignal.abort(), new Readable({ read() {} })); signalled.on('error', (error) => console.log('signalled', error.name));
const open = new PassThrough(); pipelineAsync(Readable.from(['k']), open, { end: false }).then(() => console.log('left open', open.writableEnded)); open.resume();
for (const wrong of [() => pipeline(), () => pipeline(Readable.from([])), () => pipeline(Readable.from([]), 5, () => {}), () => pipeline(5, sink('x'), () => {}), () => finished(5, () => {}), () => addAbortSignal(5, new PassThrough()), () => pipeline(Readable.from([]), sink('x'))]) {
  try { wrong(); console.log('nothing thrown'); } catch (error) { console.log(error.name, error.code, error.message); }
}
