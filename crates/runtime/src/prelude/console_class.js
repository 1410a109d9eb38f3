// `console` as Node's own class makes it, from when a program asks for the class, or for what a console
// holds inside.

const { Console, kBindProperties, kBindStreamsLazy } = internal.nodeRequire('internal/console/constructor');

/** What of an object has a symbol that Node's file keeps to itself. */
const symbolOf = (object, description) => Object.getOwnPropertySymbols(object).find((symbol) => symbol.description === description);

/** Makes `console` one of Node's, with what was begun on it so far. Methods that the program has
    replaced stay as they are. */
internal.adoptConsole = function adoptConsole(console, isOriginal, { counts, times, indentation }) {
  for (const key of Reflect.ownKeys(Console.prototype)) {
    if (key === 'constructor' || (typeof key === 'string' && !isOriginal(key))) continue;
    const descriptor = Object.getOwnPropertyDescriptor(Console.prototype, key);
    if (typeof descriptor.value === 'function') {
      const { name } = descriptor.value;
      descriptor.value = descriptor.value.bind(console);
      Object.defineProperty(descriptor.value, 'name', { __proto__: null, value: typeof key === 'string' ? key : name });
    }
    Object.defineProperty(console, key, descriptor);
  }
  console[kBindProperties](true, 'auto');
  console[kBindStreamsLazy](internal.process);
  Object.defineProperty(console, 'Console', { __proto__: null, value: Console, writable: true, configurable: true, enumerable: true });
  for (const [label, ns] of times) console._times.set(label, [Math.floor(ns / 1e9), ns % 1e9]);
  for (const [label, count] of counts) console[symbolOf(console, 'counts')].set(label, count);
  console[symbolOf(console, 'kGroupIndent')] = indentation;
  const { warn } = Console.prototype;
  internal.consoleError = (words) => warn.call(console, words);
};
