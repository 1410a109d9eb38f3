// url.parse, url.format and url.resolve: the old way.
const url = require('url');
for (const text of ['http://user:pa%20ss@host.com:8080/p/a/t/h?query=string&x=1#hash', '/a/b?c', 'mailto:a@b', '//host/path', 'HTTP://A.com', 'javascript:x', 'x', '', 'http://a b/', 'http://a.com/{x}', 'file:///a', 'http://[::1]:80/', 'http://münchen.de/']) {
  console.log(url.parse(text).href, url.parse(text));
}
console.log(url.parse('http://a/?x=1&x=2', true).query, url.parse('//h/p', false, true).host);
console.log(url.resolve('/one/two/three', 'four'), url.resolve('http://example.com/', '/one'), url.resolve('http://example.com/one', '../two'), url.resolve('http://a/b', '//c'), url.resolve('mailto:a@b', 'c'));
console.log(url.format({ protocol: 'http', host: 'a.com', pathname: 'x', query: { a: [1, 2], b: 'ü' }, hash: 'h' }), url.format({ hostname: '::1', port: 3, slashes: true }), url.format('http://a b'));
for (const wrong of [() => url.parse(5), () => url.parse('http://a:b/'), () => url.parse('http://[::'), () => url.resolve(1, 2)]) {
  try { console.log(wrong()); } catch (error) { console.log(error.name, error.code, error.message); }
}
