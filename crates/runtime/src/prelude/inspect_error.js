// How `util.inspect` shows an error: its stack, mended where the class was not known yet.

const { Array, Error, Math } = internal.intrinsics;
const { prefixOf } = internal.inspectText;

const stackOf = (error) => (error.stack ? String(error.stack) : Error.prototype.toString.call(error));

/** The longest run of lines, above three, that `a` shares with `b`. */
function sharedLines(a, b) {
  for (let i = 0; i < a.length - 3; i++) {
    const at = b.indexOf(a[i]);
    if (at === -1) continue;
    const most = Math.min(a.length - i, b.length - at);
    if (b.length - at <= 3) continue;
    let length = 1;
    while (length < most && a[i + length] === b[at + length]) length++;
    if (length > 3) return { length, offset: i };
  }
  return { length: 0, offset: 0 };
}

function stackLines(ctx, error, text) {
  const lines = text.split('\n');
  let cause;
  try {
    ({ cause } = error);
  } catch {
    // a getter that throws
  }
  if (cause != null && internal.isError(cause)) {
    const causeStack = stackOf(cause);
    const start = causeStack.indexOf('\n    at');
    if (start !== -1) {
      const { length, offset } = sharedLines(lines, causeStack.slice(start + 1).split('\n'));
      if (length > 0) {
        const skipped = length - 2;
        lines.splice(offset + 1, skipped, ctx.stylize(`    ... ${skipped} lines matching cause stack trace ...`, 'undefined'));
      }
    }
  }
  return lines;
}

/** Puts the class into the first line, where the stack was made before the name was known. */
function improveStack(stack, constructor, name, tag) {
  let { length } = name;
  const regular = name.endsWith('Error') && stack.startsWith(name) &&
    (stack.length === length || stack[length] === ':' || stack[length] === '\n');
  if (constructor !== null && !regular) return stack;
  let fallback = 'Error';
  if (constructor === null) {
    const start = /^([A-Z][a-z_ A-Z0-9[\]()-]+)(?::|\n {4}at)/.exec(stack) ?? /^([a-z_A-Z0-9-]*Error)$/.exec(stack);
    fallback = (start && start[1]) || '';
    ({ length } = fallback);
    fallback ||= 'Error';
  }
  const prefix = prefixOf(constructor, tag, fallback).slice(0, -1);
  if (name === prefix) return stack;
  if (!prefix.includes(name)) return `${prefix} [${name}]${stack.slice(length)}`;
  return length === 0 ? `${prefix}: ${stack}` : `${prefix}${stack.slice(length)}`;
}

function formatError(ctx, error, constructor, tag, keys) {
  const name = error.name != null ? String(error.name) : 'Error';
  let stack = stackOf(error);
  if (!ctx.showHidden && keys.length !== 0) {
    for (const key of ['name', 'message', 'stack']) {
      const index = keys.indexOf(key);
      if (index !== -1 && stack.includes(error[key])) keys.splice(index, 1);
    }
  }
  if ('cause' in error && !keys.includes('cause')) keys.push('cause');
  if (Array.isArray(error.errors) && !keys.includes('errors')) keys.push('errors');
  stack = improveStack(stack, constructor, name, tag);

  let at = (error.message && stack.indexOf(error.message)) || -1;
  if (at !== -1) at += error.message.length;
  const frames = stack.indexOf('\n    at', at);
  if (frames === -1) {
    stack = `[${stack}]`;
  } else {
    const lines = stackLines(ctx, error, stack.slice(frames + 1));
    const shown = ctx.colors
      ? lines.map((line) => (/^ {4}at (?:[^/\\(]+ \(|)node:(.+):\d+:\d+\)?$/.test(line) ? ctx.stylize(line, 'undefined') : line))
      : lines;
    stack = `${stack.slice(0, frames)}\n${shown.join('\n')}`;
  }
  if (ctx.indentationLvl !== 0) stack = stack.replaceAll('\n', `\n${' '.repeat(ctx.indentationLvl)}`);
  return stack;
}

internal.formatError = formatError;
