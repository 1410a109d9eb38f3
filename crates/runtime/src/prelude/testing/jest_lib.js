// The loader of Jest's own packages (`../../jest/lib`, unmodified), and what stands for those of
// their dependencies that are about terminals, browsers and files.

const plain = Object.assign((text) => String(text), { level: 0 });
for (const style of ['bgYellow', 'bold', 'dim', 'green', 'inverse', 'red', 'yellow']) plain[style] = plain;

const STAND_INS = {
  'ansi-styles': {},
  'chalk': plain,
  'jest-message-util': {
    formatStackTrace: (stack) => stack,
    separateMessageFromStack(content) {
      const frames = content.search(/\n\s+at /);
      return frames === -1 ? { message: content, stack: '' } : { message: content.slice(0, frames), stack: content.slice(frames) };
    },
  },
  'jest-util': {
    isPromise: (value) => value != null && typeof value.then === 'function',
    pluralize: (word, count, ending = 's') => `${count} ${word}${count === 1 ? '' : ending}`,
  },
  'react-is': new Proxy({}, { get: (_, name) => (String(name).startsWith('is') ? () => false : Symbol(String(name))) }),
};

const loaded = new Map();

/** `id` as seen from the file `base`. */
function resolve(base, id) {
  if (!id.startsWith('.')) return Object.hasOwn(STAND_INS, id) ? id : `${id}/index`;
  const parts = base.split('/').slice(0, -1);
  for (const part of id.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}

function load(file) {
  if (Object.hasOwn(STAND_INS, file)) return STAND_INS[file];
  const known = loaded.get(file);
  if (known !== undefined) return known.exports;
  const module = { exports: {} };
  loaded.set(file, module);
  host.jestLib(file)(module.exports, (id) => load(resolve(file, id)), module);
  return module.exports;
}

internal.jestRequire = (name) => load(`${name}/index`);
