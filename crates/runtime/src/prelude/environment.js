// `process.env`: texts only, as the environment of a process holds them.

const NEEDS_DATA = "'process.env' only accepts a configurable, writable, and enumerable data descriptor";
const NO_ACCESSOR = "'process.env' does not accept an accessor(getter/setter) descriptor";
/** Names of the zone that local time is in. */
const UTC = ['', 'UTC', 'UTC0', 'Etc/UTC', 'GMT', 'GMT0', 'Etc/GMT', 'Universal', 'Zulu'];

function assign(variables, name, value) {
  if (typeof name === 'symbol') throw new TypeError('Cannot convert a Symbol value to a string');
  const text = `${value}`; // throws of a symbol
  if (name === 'TZ' && !UTC.includes(text)) throw internal.refuse(`the time zone ${text}`);
  if (name !== '') Object.defineProperty(variables, name, { __proto__: null, value: text, writable: true, configurable: true, enumerable: true });
  return true;
}

const invalid = (message) => internal.codedError(TypeError, 'ERR_INVALID_OBJECT_DEFINE_PROPERTY', message);

internal.environment = new Proxy({}, {
  set: assign,
  defineProperty(variables, name, descriptor) {
    if (!('value' in descriptor)) throw invalid('get' in descriptor || 'set' in descriptor ? NO_ACCESSOR : NEEDS_DATA);
    if (!descriptor.configurable || !descriptor.writable || !descriptor.enumerable) throw invalid(NEEDS_DATA);
    return assign(variables, name, descriptor.value);
  },
});
