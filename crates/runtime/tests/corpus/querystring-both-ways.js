// querystring: parsing, writing, escaping.
const qs = require('node:querystring');
for (const text of ['', 'a', 'a=', '=a', 'a=1&a=2&b', 'a=%20b+c', '%zz=%e9', 'a=%E2%82%AC', '&&a=1&&', 'a==b', 'x[]=1&x[]=2', 'hasOwnProperty=1', 'a%3Db=c%26d']) {
  console.log(JSON.stringify(text), qs.parse(text));
}
console.log(qs.parse('a:1;b:2', ';', ':'), qs.parse('a=1&b=2&c=3', null, null, { maxKeys: 2 }), qs.parse('a=%41', '&', '=', { decodeURIComponent: (s) => `<${s}>` }), qs.parse(5));
console.log(qs.stringify({ a: 1, b: [1, 'x y', true], c: null, d: undefined, e: NaN, f: '€&=', g: {}, h: 1n, i: [] }));
console.log(qs.stringify({ a: [1, 2] }, ';', ':'), qs.stringify({ 'k y': 'v' }, null, null, { encodeURIComponent: (s) => `(${s})` }), qs.stringify('x'), qs.stringify(null));
console.log(qs.escape("a b!'()*~\n€"), qs.unescape('%41%zz+'), qs.unescapeBuffer('%41b').toString(), qs.encode === qs.stringify, qs.decode === qs.parse);
try { qs.escape('\ud800'); } catch (error) { console.log(error.name, error.code, error.message); }
try { qs.stringify({ a: '\ud800' }); } catch (error) { console.log(error.name, error.code, error.message); }
