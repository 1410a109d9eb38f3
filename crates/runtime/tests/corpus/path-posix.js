// The path module over POSIX paths.
const path = require('path');
const inputs = ['', '/', '.', '..', 'a', '/a/b/c.txt', 'a/../b', '/../a', './a//b/./c/', 'a.b.c', '.bashrc', '/foo/.hidden.js', 'c:\\x\\y', '//a//b', 'a/b/..', 'x.'];
for (const input of inputs) {
  console.log(JSON.stringify(input), path.normalize(input), path.dirname(input), path.basename(input), path.extname(input), path.isAbsolute(input), path.parse(input));
}
console.log(path.join('/a', '..', '..', 'b', './c'), path.join(), path.join('', ''), path.join('a', '', 'b'));
console.log(path.resolve('/a', 'b', '../c'), path.resolve('/a', '/b'), path.resolve('x') === path.join(process.cwd(), 'x'));
console.log(path.relative('/a/b/c', '/a/d'), path.relative('/a', '/a'), path.relative('/a/b', '/a/b/c/d'), path.relative('/', '/x'));
console.log(path.basename('a/b.html', '.html'), path.basename('b.html', 'b.html'), path.basename('x.html', 'l'));
console.log(path.format({ dir: '/a', base: 'b.txt' }), path.format({ root: '/', name: 'f', ext: 'txt' }), path.format({ name: 'n' }), path.format({}));
console.log(path.sep, path.delimiter, path.posix === path, path.win32.sep, Object.keys(path));
for (const wrong of [() => path.join(1), () => path.resolve(null), () => path.basename({}), () => path.format('x'), () => path.basename('a', 5), () => path.relative('a')]) {
  try { console.log(wrong()); } catch (error) { console.log(error.name, error.code, error.message); }
}
