// `fs/promises`: the same with promises, and file handles.
import fs from 'node:fs/promises';
import { constants } from 'node:fs';
const dir = await fs.mkdtemp('/tmp/rtest-corpus-');
const show = (value) => (typeof value === 'string' ? value.replaceAll(dir, '{dir}') : value);
async function tell(name, run) {
  try { console.log(name, show(await run())); } catch (error) { console.log(name, error.name, error.code, error.errno, error.syscall, show(error.message)); }
}
const file = `${dir}/f`;
await tell('write', () => fs.writeFile(file, 'one\ntwo\nthree'));
await tell('append', () => fs.appendFile(file, '!'));
await tell('read', () => fs.readFile(file, 'utf8'));
await tell('read missing', () => fs.readFile(`${dir}/none`));
await tell('write iterable', () => fs.writeFile(`${dir}/g`, (function* () { yield 'a'; yield 'b'; })()));
await tell('access', () => fs.access(file, constants.R_OK));
await tell('access missing', () => fs.access(`${dir}/none`));
await tell('mkdir', async () => show(await fs.mkdir(`${dir}/p/q`, { recursive: true })));
await tell('readdir', async () => (await fs.readdir(dir)).sort());
await tell('stat', async () => { const s = await fs.stat(file); return [s.size, s.isFile()]; });
await tell('rename', () => fs.rename(`${dir}/g`, `${dir}/h`));
await tell('copy', () => fs.copyFile(file, `${dir}/i`));
await tell('copy excl', () => fs.copyFile(file, `${dir}/i`, constants.COPYFILE_EXCL));
await tell('unlink', () => fs.unlink(`${dir}/i`));
await tell('rm dir', () => fs.rm(`${dir}/p`));
await tell('rm', () => fs.rm(`${dir}/p`, { recursive: true }));
await tell('truncate', async () => { await fs.truncate(file, 3); return fs.readFile(file, 'utf8'); });
const handle = await fs.open(file, 'r+');
await tell('handle write', async () => (await handle.write('ABC', 0)).bytesWritten);
await tell('handle read', async () => { const { bytesRead, buffer } = await handle.read(Buffer.alloc(5), 0, 5, 0); return [bytesRead, buffer.toString('latin1')]; });
await tell('handle readFile', () => handle.readFile('utf8'));
await tell('handle appendFile', () => handle.appendFile('DEF'));
await tell('handle stat', async () => (await handle.stat()).size);
await tell('handle truncate', () => handle.truncate(2));
await tell('handle sync', () => handle.sync());
await tell('handle chmod', () => handle.chmod(0o600));
await tell('handle close', () => handle.close());
await tell('handle closed', () => handle.readFile());
await tell('open missing', () => fs.open(`${dir}/none`));
await tell('lines', async () => { const lines = []; const h = await fs.open(file); for await (const chunk of h.createReadStream({ encoding: 'utf8' })) lines.push(chunk); return lines; });
await tell('opendir', async () => { const names = []; for await (const entry of await fs.opendir(dir)) names.push(entry.name); return names.sort(); });
await tell('abort', () => fs.readFile(file, { signal: AbortSignal.abort() }));
await tell('cp', async () => { await fs.mkdir(`${dir}/s/t`, { recursive: true }); await fs.cp(`${dir}/s`, `${dir}/u`, { recursive: true }); return fs.readdir(`${dir}/u`); });
await fs.rm(dir, { recursive: true });
