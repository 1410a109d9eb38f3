// URLSearchParams on their own.
for (const init of [undefined, '', '?a=1&b=2&a=3', 'a=b=c&&d', '%61+b=%zz', { x: 1, y: 'é&' }, [['a', 'b'], ['a', 'c']], new Map([['k', 'v']]), new URLSearchParams('z=1'), 'a\ud800=b', 5, null]) {
  const params = new URLSearchParams(init);
  console.log(String(params), [...params], params.size);
}
const p = new URLSearchParams('a=1&b=2&a=3');
console.log(p, p.get('a'), p.getAll('a'), p.has('b'), p.has('a', '3'), p.get('nope'), [...p.keys()], [...p.values()], p.entries());
p.append('c', undefined); p.set('a', 'x'); p.delete('b'); p.set('new', 1);
console.log(`${p}`, p.size);
p.forEach(function (value, key, self) { console.log(this.t, key, value, self === p); }, { t: 1 });
const iterator = p[Symbol.iterator](); iterator.next();
console.log(iterator, [...iterator], Object.prototype.toString.call(iterator), Object.prototype.toString.call(p));
const s = new URLSearchParams('z=1&a=2&z=0&aa=1&é=1&\u{1F600}=1&\uffff=2'); s.sort(); console.log(s.toString());
p.delete('a', 'nope'); p.delete('a', 'x'); console.log(`${p}`);
console.log(new URLSearchParams(), { p: new URLSearchParams('q=1') });
for (const wrong of [() => new URLSearchParams([['a']]), () => new URLSearchParams([1]), () => new URLSearchParams(Symbol('x')), () => p.get(), () => p.append('a'), () => URLSearchParams.prototype.get.call({}, 'a'), () => p.forEach(5), () => new URLSearchParams({ [Symbol('a')]: 1 })]) {
  try { console.log(wrong()); } catch (error) { console.log(error.name, error.code, error.message); }
}
