// readline over streams: lines as events and by iteration, questions, closing.
import readline from 'node:readline';
import promises from 'node:readline/promises';
import { Readable, PassThrough } from 'node:stream';
const log = console.log;
for await (const line of readline.createInterface({ input: Readable.from(['one\ntw', 'o\r\nthree\n', '\nlast']) })) log(JSON.stringify(line));
const output = new PassThrough(); const input = new PassThrough(); const written = []; output.on('data', (chunk) => written.push(String(chunk)));
const rl = readline.createInterface({ input, output, prompt: '> ', terminal: false });
rl.on('line', (line) => { log('line', line); rl.prompt(); }).on('close', () => log('closed', written)).on('pause', () => log('pause'));
rl.prompt(); input.write('first\nsec'); rl.question('name? ', (answer) => { log('answer', answer); rl.close(); }); input.write('ond\n');
await new Promise((resolve) => rl.on('close', resolve));
const answers = new PassThrough(); const asking = promises.createInterface({ input: answers, output: new PassThrough() });
setImmediate(() => answers.write('Ada\n')); log(await asking.question('Name? ')); asking.close();
try { rl.question('again', () => {}); log('asked'); } catch (error) { log(error.code, error.message); }
const controller = new AbortController(); const signalled = promises.createInterface({ input: new PassThrough(), output: new PassThrough() }); const asked = signalled.question('?', { signal: controller.signal }); controller.abort(); await asked.catch((error) => log(error.name, error.code)); signalled.close();
for (const wrong of [() => readline.createInterface({ input: Readable.from([]), completer: 5 }), () => readline.createInterface({ input: Readable.from([]), prompt: 5 }).prompt]) { try { wrong(); log('nothing'); } catch (error) { log(error.name, error.code, error.message); } }
