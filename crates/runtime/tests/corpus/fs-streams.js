// Streams of files: chunks, ranges, events in order, errors.
const fs = require('fs');
const { pipeline } = require('stream/promises');
const dir = fs.mkdtempSync('/tmp/rtest-corpus-');
const show = (text) => String(text).replaceAll(dir, '{dir}');
const done = (stream, name) => new Promise((resolve) => {
  for (const event of ['open', 'ready', 'end', 'finish', 'error', 'close']) {
    stream.on(event, (value) => { console.log(name, event, event === 'open' ? typeof value : value === undefined ? '' : show(value.message)); if (event === 'close') resolve(); });
  }
});
(async () => {
  const out = fs.createWriteStream(`${dir}/a`);
  console.log(out.write('first '), out.pending);
  out.write('second ', () => console.log('second written', out.bytesWritten));
  out.end('third');
  await done(out, 'write');
  const whole = fs.createReadStream(`${dir}/a`, 'utf8').on('data', (chunk) => console.log('data', chunk));
  await done(whole, 'read');
  const range = fs.createReadStream(`${dir}/a`, { start: 6, end: 11, encoding: 'utf8', highWaterMark: 4 }).on('data', (chunk) => console.log('range', chunk));
  await done(range, 'range');
  const missing = fs.createReadStream(`${dir}/none`);
  await done(missing, 'missing');
  const append = fs.createWriteStream(`${dir}/a`, { flags: 'a' });
  append.end('!');
  await done(append, 'append');
  await pipeline(fs.createReadStream(`${dir}/a`), fs.createWriteStream(`${dir}/b`));
  console.log(fs.readFileSync(`${dir}/b`, 'utf8'));
  const cut = fs.createReadStream(`${dir}/a`);
  cut.on('open', () => cut.destroy(new Error('enough')));
  await done(cut, 'cut');
  fs.writeFileSync(`${dir}/big`, Buffer.alloc(200000, 'x'));
  let bytes = 0; let chunks = 0;
  for await (const chunk of fs.createReadStream(`${dir}/big`)) { bytes += chunk.length; chunks++; }
  console.log(bytes, chunks);
  fs.rmSync(dir, { recursive: true });
})();
