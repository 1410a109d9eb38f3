// path.win32, which works anywhere.
import path, { win32 } from 'node:path';
import posix from 'node:path/posix';
import w from 'path/win32';
console.log(w === win32, path.posix === posix);
for (const input of ['C:\\a\\b.txt', 'c:a', '\\\\server\\share\\x', 'a/b\\c', '\\', 'C:', '', 'C:\\..\\a']) {
  console.log(JSON.stringify(input), win32.normalize(input), win32.dirname(input), win32.basename(input), win32.isAbsolute(input), win32.parse(input));
}
console.log(win32.join('a', '..', '\\b', 'c'), win32.relative('C:\\a\\b', 'C:\\a\\c'), win32.relative('C:\\a', 'D:\\b'), win32.resolve('C:\\a', '..', 'b'));
