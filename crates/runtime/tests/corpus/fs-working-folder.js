// Relative paths begin in the working directory, which a program may change.
const fs = require('fs');
const path = require('path');

const home = fs.mkdtempSync('/tmp/working-folder-');
const shown = (text) => String(text).replaceAll(home, 'HOME');

process.chdir(home);
console.log(shown(process.cwd()), process.cwd() === home);
fs.mkdirSync('deep/er', { recursive: true });
fs.symlinkSync('deep/er', 'short');
process.chdir('short');
console.log(shown(process.cwd()), shown(path.resolve('..', 'x')));
fs.writeFileSync('file', 'in the deep');
process.chdir('../..');
console.log(fs.readFileSync('deep/er/file', 'utf8'), fs.existsSync('file'));

for (const wrong of ['nowhere', 'deep/er/file', 7, undefined]) {
  try {
    process.chdir(wrong);
  } catch (error) {
    console.log(shown(error.message));
    console.log(error.name, error.code, error.errno, error.syscall, shown(error.path), error.dest);
  }
}
console.log(shown(process.cwd()));
console.log([process.getuid, process.geteuid, process.getgid, process.getegid].map((get) => get() === fs.statSync('deep').uid));
console.log(shown(fs.mkdirSync(`${home}/p/q/../r/s`, { recursive: true })), fs.readdirSync('p'), fs.existsSync('p/r/s'));
fs.rmSync(home, { recursive: true });
