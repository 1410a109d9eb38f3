// What is refused, and how errors travel.
const { Readable, Writable, Transform, Duplex } = require('stream');
const show = (name) => (error) => console.log(name, error.name, error.code, error.message);
for (const wrong of [
  () => new Writable().write(null), () => new Writable({ write() {} }).write(5), () => new Writable({ write() {} }).write('a', 'nope'), () => new Readable({ read: 5 }).read(),
  () => new Readable({ highWaterMark: -1 }), () => new Writable({ highWaterMark: 'x' }), () => new Readable().setEncoding('nope'), () => new Readable({ encoding: 'nope' }), () => Readable.from(5), () => new Readable({ read() {} }).pipe(),
  () => new Writable({ write() {} }).setDefaultEncoding('nope'), () => new Transform().pipe(5), () => new Writable({ defaultEncoding: 'nope' }),
]) {
  try { wrong(); console.log('nothing thrown'); } catch (error) { show('thrown')(error); }
}
const after = new Writable({ write(chunk, encoding, callback) { callback(); } });
after.on('error', show('after end'));
after.end();
after.write('x', show('callback'));
const twice = new Writable({ write(c, e, callback) { callback(); } });
twice.end(); twice.end((error) => console.log('second end', error?.code)); 
const pushed = new Readable({ read() {} });
pushed.on('error', show('push after eof'));
pushed.push(null); pushed.push('x');
const notImplemented = new Readable(); notImplemented.on('error', show('no read')); notImplemented.read();
const noWrite = new Writable(); noWrite.on("error", show("no write")); try { noWrite.write("a"); } catch (error) { show("from write")(error); }
const noTransform = new Transform(); noTransform.on("error", show("no transform")); try { noTransform.write("a"); } catch (error) { show("from write")(error); }
const failing = new Writable({ write(chunk, encoding, callback) { callback(new Error('disk full')); } });
failing.on('error', show('failing')); failing.on('close', () => console.log('failing closed', failing.errored.message, failing.destroyed));
failing.write('a', show('its callback')); failing.write('b', show('the next callback'));
const destroyed = new Readable({ read() {}, destroy(error, callback) { console.log('destroying', error?.message); callback(error); } });
destroyed.on('error', show('destroyed')); destroyed.on('close', () => console.log('destroyed close', destroyed.readableAborted, destroyed.readableDidRead));
destroyed.destroy(new Error('enough')); destroyed.destroy(new Error('again'));
const written = new Writable({ write() {} }); written.on('error', show('written after destroy')); written.destroy(); written.write('x', show('written callback'));
const multi = new Writable({ write(c, e, callback) { callback(); callback(); } }); multi.on('error', show('twice called')); multi.write('a');
const wrongPush = new Readable({ read() { this.push(5); } }); wrongPush.on('error', show('wrong push')); wrongPush.resume();
const opened = new Duplex({ construct(callback) { setImmediate(callback, new Error('cannot open')); }, read() {}, write() {} }); opened.on('error', show('construct')); opened.on('close', () => console.log('construct close'));
const thrower = new Transform({ transform() { throw new Error('thrown in transform'); } });
try { thrower.write('a'); } catch (error) { show('from write')(error); }
const final = new Writable({ write(c, e, cb) { cb(); }, final(cb) { cb(new Error('final failed')); } }); final.on('error', show('final')); final.end(() => console.log('end callback of final'));
