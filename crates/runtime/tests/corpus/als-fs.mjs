import { AsyncLocalStorage } from 'node:async_hooks';
import fs from 'node:fs';
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { lookup } from 'node:dns';
import { pbkdf2, randomBytes } from 'node:crypto';

const als = new AsyncLocalStorage();
const at = (...args) => console.log(...args, als.getStore());
const folder = await mkdtemp(`${tmpdir()}/als-`);
const file = `${folder}/file`;

const called = (name, begin) => als.run(name, () => new Promise((resolve) => begin((error, result) => {
  at('callback', error?.code ?? typeof result);
  resolve();
})));
await called('writeFile', (done) => fs.writeFile(file, 'text', done));
await called('readFile', (done) => fs.readFile(file, 'utf8', done));
await called('stat', (done) => fs.stat(file, done));
await called('missing', (done) => fs.stat(`${file}-not`, done));
await called('lookup', (done) => lookup('127.0.0.1', done));
await called('pbkdf2', (done) => pbkdf2('a', 'b', 1, 8, 'sha1', done));
await called('randomBytes', (done) => randomBytes(4, done));
at('between');
await als.run('promises', async () => {
  await writeFile(file, 'more');
  at(await readFile(file, 'utf8'));
  const handle = await open(file);
  at((await handle.read(Buffer.alloc(2), 0, 2)).bytesRead);
  await handle.close();
  at('closed');
});
await als.run('stream', () => new Promise((resolve) => {
  const stream = fs.createReadStream(file, { highWaterMark: 2 });
  stream.on('open', () => at('open'));
  stream.on('data', (chunk) => at('data', String(chunk)));
  stream.on('end', () => at('end'));
  stream.on('close', () => { at('close'); resolve(); });
}));
await rm(folder, { recursive: true });
at('outside');
