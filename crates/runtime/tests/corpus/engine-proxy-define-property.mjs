const { log } = console;
const p = new Proxy([], { defineProperty(t, k, d) { return Reflect.defineProperty(t, k, d); } });
p.push(1); log(p.length, p); Object.defineProperty(p, 'y', { value: 1, writable: true }); log(p.y);
const fz = new Proxy(Object.defineProperty({}, 'q', { value: 1, writable: true }), { defineProperty() { return true } });
try { Object.defineProperty(fz, 'q', { writable: false, value: 1 }); log('no') } catch (e) { log(e.constructor.name) }
