class A { constructor() { this.x = 1; } method() {} get y() { return 1; } static s = 2; }
class B extends A { #secret = 1; pub = 'p'; [Symbol('sym')] = 3; }
class Empty {}
console.log(A, B, Empty, class {}, class extends A {}, new A(), new B(), new Empty(), [new Empty()], { a: new A() });
console.log(function () {}, function named() {}, () => {}, async () => {}, function* gen() {}, async function* ag() {}, async function af() {});
const f = () => {}; f.prop = 1; f.nested = { a: 1 }; console.log(f, [f], { f });
console.log(Math.max, Object, Array.prototype.push, Math, JSON, Reflect, globalThis === global, Symbol, Promise);
console.log(Object.create(null), Object.create({ a: 1 }), Object.create(A.prototype), Object.create(Object.create(null)));
const nul = Object.create(null); nul.a = 1; nul.b = { c: nul }; console.log(nul, { nul });
function Old() { this.a = 1; } Old.prototype.method = function () {}; console.log(new Old(), Old, Old.prototype);
console.log({ [Symbol.toStringTag]: 'Tagged', a: 1 }, new (class { get [Symbol.toStringTag]() { return 'T'; } })(), new (class C { get [Symbol.toStringTag]() { return 'T'; } })());
console.log((function () { return arguments; })(1, 'two'), new (class extends Object {})());
console.log(f.bind(null), (class Z { static m() {} }).m, Object.getOwnPropertyDescriptor(A.prototype, 'y').get);
console.log(A.prototype, B.prototype, Object.prototype, Function.prototype, Array.prototype);
const anonymous = new (class {})(); console.log(anonymous, new (class { a = 1; })());
console.log(new Proxy({ a: 1 }, {}), new Proxy([1, 2], {}), new Proxy(function f() {}, {}), new Proxy(class P {}, {}));
console.log(new String('str'), new Number(-0), new Boolean(false), Object(Symbol('b')), Object(1n), [new String('x')]);
