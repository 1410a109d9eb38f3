// Transforms, duplexes, passthroughs, half-open ends, flush; classes that extend them.
const { Transform, Duplex, PassThrough, Readable, Stream } = require('stream');
const log = console.log;
class Lines extends Transform {
  constructor() { super({ readableObjectMode: true }); this.rest = ''; }
  _transform(chunk, encoding, callback) { const lines = (this.rest + chunk).split('\n'); this.rest = lines.pop(); for (const line of lines) this.push(line); callback(); }
  _flush(callback) { if (this.rest) this.push(this.rest); callback(); }
}
const lines = new Lines();
lines.on('data', (line) => log('line', line)); lines.on('end', () => log('lines end')); lines.on('finish', () => log('lines finish')); lines.on('close', () => log('lines close'));
lines.write('a\nb'); lines.write('c\n'); lines.end('d');
const echo = new Duplex({ read() {}, write(chunk, e, callback) { this.push(chunk); callback(); }, final(callback) { this.push(null); callback(); }, allowHalfOpen: false });
echo.on('data', (chunk) => log('echo', String(chunk))); echo.on('close', () => log('echo close')); echo.end('ping');
const half = new Duplex({ read() { this.push(null); }, write(c, e, callback) { log('half write', String(c)); callback(); } });
half.on('end', () => { log('half end', half.writableEnded); half.end('bye'); }); half.on('finish', () => log('half finish')); half.resume();
const through = new PassThrough(); const copy = new PassThrough();
through.pipe(copy); copy.on('data', (chunk) => log('copy', String(chunk))); copy.on('unpipe', () => log('unpipe')); copy.on('pipe', () => log('pipe'));
through.write('1'); setImmediate(() => { through.unpipe(copy); through.write('2'); log(through.readableFlowing); });
const slowEnd = new Transform({ async transform(chunk, e, callback) { await null; callback(null, chunk); }, flush(callback) { setTimeout(callback, 20, null, 'flushed'); } });
slowEnd.on('data', (chunk) => log('slow', String(chunk))); slowEnd.end('x');
log(new PassThrough() instanceof Stream, new Lines() instanceof Readable, Duplex.prototype instanceof Readable, through instanceof require('stream').Writable, Stream.Readable === Readable, require('stream') === Stream);
const old = new Readable().wrap(Object.assign(new (require('events'))(), { pause() { log('paused'); }, resume() { log('resumed'); } })); old.on('data', (d) => log('wrapped', String(d)));
const { EventEmitter } = require('events'); const legacy = new EventEmitter(); legacy.pause = () => {}; legacy.resume = () => {};
const wrapped = new Readable().wrap(legacy); wrapped.on('data', (d) => log('legacy', String(d))); wrapped.on('end', () => log('legacy end')); legacy.emit('data', Buffer.from('L')); legacy.emit('end');
const big = new PassThrough({ highWaterMark: 3 }); log(big.write('ab'), big.write('cd'), big.readableLength, big.writableLength); big.on('drain', () => log('big drain')); big.resume();
const decoded = new PassThrough({ encoding: 'hex' }); decoded.on('data', (d) => log(d)); decoded.end('hi');
