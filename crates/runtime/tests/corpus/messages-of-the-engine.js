const show = (f) => { try { f(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); } };
let u; const n = null; const o = { list: [] }; const K = 1; class A { #p = 1; static read(x) { return x.#p; } }
show(() => u.x); show(() => n.x); show(() => { u.x = 1; }); show(() => o.missing()); show(() => u()); show(() => o.a.b); show(() => o.a.b.c()); show(() => unknown_name);
show(() => { K = 2; }); show(() => { early; let early = 1; }); show(() => [...u]); show(() => { for (const x of o); });
show(() => A()); show(() => new o()); show(() => Object.keys(u)); show(() => `${Symbol('a')}`); show(() => 1n + 1); show(() => new Array(-1)); show(() => [].reduce((a, b) => a));
show(() => new Date(NaN).toISOString()); show(() => (1).toString(99)); show(() => JSON.parse('{bad')); show(() => JSON.parse('')); show(() => JSON.parse('[1,]')); show(() => JSON.parse('abc')); show(() => JSON.parse(undefined)); show(() => JSON.parse('{"a":1,}')); show(() => JSON.parse('{"a" 1}')); show(() => JSON.parse('[1 2]')); show(() => JSON.parse('"abc')); show(() => JSON.parse('1 2')); show(() => JSON.parse('{"key": "a value that is long enough", "other": oops, "more": 1}'));
show(() => { const a = {}; a.a = a; JSON.stringify(a); }); show(() => { const a = { x: { y: [] } }; a.x.y.push(a); JSON.stringify(a); }); show(() => JSON.stringify(1n)); show(() => A.read({})); show(() => decodeURIComponent('%')); show(() => { (function f() { f(); })(); });
show(() => { 'use strict'; Object.freeze(o).q = 1; }); show(() => { 'use strict'; const f = Object.freeze({ a: 1 }); f.a = 2; }); show(() => { 'use strict'; undeclared = 1; }); show(() => ({}) instanceof ({})); show(() => { const { a } = u; }); show(() => u.length); show(() => { class B extends A { constructor() { this.x; } } new B(); }); show(() => { throw { not: 'an error' }; });
show(() => {
  const [a] = u;
});
show(() => {
  const { first, second } = u;
});
show(function () {
  const list = o.list;
  list.push(1);
  list.each((x) => x);
});
show(() => {
  const made = new o.list(1);
});
