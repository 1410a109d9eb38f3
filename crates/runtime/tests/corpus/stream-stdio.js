// process.stdout as a stream, before and after anything else is one; process.stdin, which is empty.
process.stdout.write('before\n', () => console.log('first callback'));
const original = process.stdout.write;
const { Readable, Writable, pipeline } = require('stream');
console.log(process.stdout instanceof Writable, process.stdout.fd, process.stdout.isTTY, process.stdout.writable, process.stdout.writableLength, original.call(process.stdout, 'kept\n'));
process.stdout.write('636865636b0a', 'hex');
process.stdout.write(Buffer.from([0xe2, 0x82]));
process.stdout.write(new Uint8Array([0xac, 10]), (error) => console.log('callback', error));
Readable.from(['piped ', 'to stdout\n']).pipe(process.stdout);

try { process.stdout.write(5); } catch (error) { console.log(error.code, error.message); }
try { process.stdout.write(null); } catch (error) { console.log(error.code, error.message); }
process.stdin.setEncoding('utf8');
process.stdin.on('data', (chunk) => console.log('data', chunk));
process.stdin.on('end', () => {
  const write = process.stdout.write;
  process.stdout.write = function (chunk, ...rest) { return write.call(this, `captured: ${chunk}`, ...rest); };
  console.log('from the console');
  process.stdout.write = write;
  process.stdout.end('end\n');
  process.stdout.on('finish', () => console.error('finished'));
});
process.on('exit', () => console.log('not seen'));
