console.log(process.platform, process.arch, process.version, typeof process.versions.node, process.argv.length, process.execArgv, process.title);
console.log(typeof process.pid, typeof process.cwd(), process.argv[1] === __filename, require('path' === 'x' ? 'path' : 'util') === require('node:util'));
const a = process.hrtime(); const d = process.hrtime(a);
console.log(a.length, d[0] >= 0, typeof process.hrtime.bigint(), process.hrtime.bigint() > 0n, process.uptime() > 0);
console.log(process.stdout.write('written\n'), process.stdout.isTTY, process.stderr.write('') );
process.stdout.write('callback comes later\n', () => console.log('callback'));
console.log(Object.prototype.toString.call(process), String(process), process instanceof require('events'), process.listenerCount('warning'));
console.log(typeof globalThis.global, global === globalThis, Object.prototype.toString.call(globalThis), typeof require, typeof module, this === module.exports);
try { process.nextTick(5); } catch (e) { console.log(e.name, e.code, e.message); }
try { setTimeout('code'); } catch (e) { console.log(e.name, e.code, e.message); }
try { queueMicrotask(); } catch (e) { console.log(e.name, e.code, e.message); }
try { process.stdout.write(1); } catch (e) { console.log(e.name, e.code, e.message); }
