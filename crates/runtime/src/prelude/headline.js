// What was thrown, in one line: what a finding says of it. Nothing that the program made of it can keep
// it from being told.

const MOST_CHARACTERS = 300;

/** Errors behind an error that are told, and how far down. */
const MOST_BEHIND = 3;

/** A property, where reading it does not throw. */
function read(object, key) {
  try {
    return object[key];
  } catch {
    return undefined;
  }
}

const textOf = (object, key) => {
  const value = read(object, key);
  return typeof value === 'string' ? value : undefined;
};

/** Its name, and where that is inherited, its class, as `util.inspect` puts them. */
function nameOf(error) {
  const name = textOf(error, 'name') ?? 'Error';
  const constructor = read(error, 'constructor');
  const ofClass = typeof constructor === 'function' ? textOf(constructor, 'name') : undefined;
  if (!ofClass || !name.endsWith('Error') || Object.hasOwn(error, 'name')) return name;
  return ofClass.includes(name) ? ofClass : `${ofClass} [${name}]`;
}

function ofError(error, depth) {
  const name = nameOf(error);
  const message = textOf(error, 'message') ?? '';
  const code = textOf(error, 'code');
  const told = code === undefined || message.includes(code) || name.includes(code) ? name : `${name} [${code}]`;
  const words = name === '' ? message : message === '' ? told : `${told}: ${message}`;
  return depth === MOST_BEHIND ? words : words + behind(error, depth + 1);
}

/** The errors that an error comes of. */
function behind(error, depth) {
  const cause = read(error, 'cause');
  if (cause !== error && internal.isError(cause)) return ` (cause: ${ofError(cause, depth)})`;
  const errors = read(error, 'errors');
  if (!Array.isArray(errors) || errors.length === 0) return '';
  const told = errors.slice(0, MOST_BEHIND).map((one) => wordsOf(one, depth));
  if (errors.length > MOST_BEHIND) told.push('…');
  return ` (errors: ${told.join('; ')})`;
}

const wordsOf = (value, depth) => (internal.isError(value) ? ofError(value, depth)
  : internal.inspect(value, { depth: 1, compact: true, breakLength: Infinity, customInspect: false }));

internal.headline = function headline(thrown) {
  let words;
  try {
    words = wordsOf(thrown, 0);
  } catch {
    words = `${typeof thrown === 'function' ? 'a function' : 'an object'} that cannot be shown`;
  }
  const line = words.split('\n').map((part) => part.trim()).filter((part) => part !== '').join(' ');
  return line.slice(0, MOST_CHARACTERS).toWellFormed();
};
