// `console.Console`, and `console` as one of them.
const { Writable } = require('stream');
const { Console } = console;
console.group('before');
console.log('inside');
console.count('kept');
console.log(console instanceof Console, Console === require('console').Console, typeof console._stdout.write);
console.count('kept');
console.groupEnd();
console.log('after');

const lines = [];
const sink = (name) => new Writable({
  decodeStrings: false,
  write(chunk, encoding, callback) {
    lines.push([name, chunk]);
    callback();
  },
});
const own = new Console({ stdout: sink('out'), stderr: sink('err'), groupIndentation: 4, inspectOptions: { depth: 0 } });
own.log('%s-%d', 'a', 1, { deep: { deeper: {} } });
own.error(new Map([[1, 2]]));
own.group('group');
own.warn('two\nlines');
own.groupEnd();
own.table([{ a: 1, b: 'x' }, { a: 2, c: true }]);
own.table(new Map([['k', 'v']]).entries());
own.table(new Set([1]).values());
own.table([[1, 2], [3, 4]], ['0']);
own.assert(false, 'not %s', 'so');
own.dir({ a: { b: 1 } }, { depth: 0 });
own.countReset('none');
for (const [name, text] of lines) console.log(name, JSON.stringify(text));

class Loud extends Console {
  log(...args) { super.log('LOUD', ...args); }
}
new Loud(process.stdout).log('hello');
for (const bad of [undefined, {}, { stdout: 1 }, { stdout: process.stdout, stderr: 1 }, { stdout: process.stdout, colorMode: 7 }]) {
  try {
    new Console(bad);
    console.log('made');
  } catch (error) {
    console.log(error.name, error.code, error.message);
  }
}
const { log } = new Console(process.stdout);
log('bound');
console._stdout = { write: (text) => process.stdout.write(`through: ${text}`), listenerCount: () => 1, removeListener() {}, on() {} };
console.log('elsewhere');
