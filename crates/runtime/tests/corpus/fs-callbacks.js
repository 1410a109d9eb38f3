// One operation after the other with callbacks: results, and errors by code, message and properties.
const fs = require('fs');
const path = require('path');
const dir = fs.mkdtempSync('/tmp/rtest-corpus-');
const at = (...names) => path.join(dir, ...names);
const show = (text) => String(text).replaceAll(dir, '{dir}');
const steps = [
  ['writeFile', at('a'), 'hello'], ['appendFile', at('a'), ' world'], ['readFile', at('a'), 'utf8'], ['readFile', at('a')],
  ['readFile', at('missing')], ['readFile', dir], ['writeFile', at('no', 'such'), ''], ['access', at('a')], ['access', at('b')],
  ['mkdir', at('d')], ['mkdir', at('d')], ['mkdir', at('x', 'y', 'z'), { recursive: true }], ['mkdir', at('x', 'y'), { recursive: true }],
  ['mkdir', at('a', 'b'), { recursive: true }], ['readdir', dir], ['readdir', at('a')], ['readdir', at('none')], ['rename', at('a'), at('b')], ['rename', at('a'), at('c')],
  ['copyFile', at('b'), at('c')], ['copyFile', at('b'), at('c'), fs.constants.COPYFILE_EXCL], ['copyFile', at('none'), at('c')],
  ['unlink', at('c')], ['unlink', at('c')], ['unlink', at('d')], ['rmdir', at('d')], ['rmdir', at('d')], ['rmdir', at('x')], ['rmdir', at('b')],
  ['symlink', 'b', at('link')], ['readlink', at('link')], ['readlink', at('b')], ['readFile', at('link'), 'utf8'], ['realpath', at('link')],
  ['link', at('b'), at('hard')], ['truncate', at('b'), 5], ['readFile', at('hard'), 'latin1'], ['chmod', at('b'), 0o640],
  ['symlink', 'loop', at('loop')], ['stat', at('loop')], ['utimes', at('b'), 1, 2.5], ['rm', at('x')], ['rm', at('x'), { recursive: true }], ['rm', at('x')], ['rm', at('x'), { force: true }],
  ['open', at('b'), 'wx'], ['open', at('new'), 'r'], ['exists', at('b')],
];
function next() {
  const step = steps.shift();
  if (step === undefined) {
    fs.rmSync(dir, { recursive: true });
    console.log(fs.existsSync(dir));
    return;
  }
  const [name, ...args] = step;
  fs[name](...args, (error, result) => {
    const asked = `${name} ${args.map((arg) => (typeof arg === 'object' ? JSON.stringify(arg) : show(arg))).join(' ')}`;
    if (error instanceof Error) {
      const { code, errno, syscall } = error;
      console.log(asked, '=>', show(error.message), code, errno, syscall, show(error.path), show(error.dest), error.stack.split('\n').length);
    } else {
      console.log(asked, '=>', error, typeof result === 'string' ? show(result) : result);
    }
    next();
  });
}
next();
