const a = { name: 'a' }; a.self = a; console.log(a);
const b = { list: [] }; b.list.push(b, { b }); console.log(b);
const c = { x: {}, y: {} }; c.x.y = c.y; c.y.x = c.x; console.log(c);
const array = [1]; array.push(array); console.log(array);
console.log({ outer: a });
