// What V8 says of a text that is not JSON, and of a value that cannot be JSON.

/** What V8 says about a text that is not JSON. Follows the grammar to the first wrong character. */
function describeSyntaxError(text) {
  let at = 0;
  const peek = () => text[at];
  const isSpace = (c) => c === ' ' || c === '\n' || c === '\r' || c === '\t';
  const skip = () => { while (at < text.length && isSpace(text[at])) at++; };
  const positioned = (words) => { throw `${words} in JSON at position ${at}`; };

  function unexpected() {
    if (at >= text.length) throw 'Unexpected end of JSON input';
    if (/^["0-9-]/.test(text[at])) {
      const kind = text[at] === '"' ? 'string' : 'number';
      positioned(`Unexpected ${kind}`);
    }
    // V8 shows a longer text only around the offender.
    const around = 10;
    const from = at < around ? 0 : at - around;
    const to = at >= text.length - around ? text.length : at + around;
    const token = String.fromCodePoint(text.codePointAt(at));
    const shown = text.length <= 2 * around
      ? `"${text}"`
      : `${from > 0 ? '...' : ''}"${text.slice(from, to)}"${to < text.length ? '...' : ''}`;
    throw `Unexpected token '${token}', ${shown} is not valid JSON`;
  }

  function string() {
    at++;
    for (; at < text.length; at++) {
      const c = text[at];
      if (c === '"') { at++; return; }
      if (c < ' ') positioned('Bad control character in string literal');
      if (c === '\\') {
        at++;
        if (at >= text.length) break;
        if (text[at] === 'u') {
          for (let i = 0; i < 4; i++) {
            at++;
            if (at >= text.length) break;
            if (!/[0-9a-fA-F]/.test(text[at])) positioned('Bad Unicode escape');
          }
        } else if (!'"\\/bfnrt'.includes(text[at])) positioned('Bad escaped character');
      }
    }
    positioned('Unterminated string');
  }

  function number() {
    const digits = () => { const from = at; while (/^[0-9]/.test(text[at] ?? '')) at++; return at > from; };
    if (peek() === '-') { at++; if (!/^[0-9]/.test(peek() ?? '')) positioned('No number after minus sign'); }
    if (peek() === '0') {
      at++;
      if (/^[0-9]/.test(peek() ?? '')) positioned('Unexpected number');
    } else digits();
    if (peek() === '.') { at++; if (!digits()) positioned('Unterminated fractional number'); }
    if (peek() === 'e' || peek() === 'E') {
      at++;
      if (peek() === '+' || peek() === '-') at++;
      if (!digits()) positioned('Exponent part is missing a number');
    }
  }

  function value() {
    skip();
    const c = peek();
    if (c === '{') return object();
    if (c === '[') return array();
    if (c === '"') return string();
    if (c !== undefined && /[-0-9]/.test(c)) return number();
    for (const word of ['true', 'false', 'null']) {
      if (c === word[0]) {
        for (const letter of word) { if (peek() !== letter) unexpected(); at++; }
        return undefined;
      }
    }
    return unexpected();
  }

  function object() {
    at++;
    skip();
    if (peek() === '}') { at++; return; }
    for (let first = true; ; first = false) {
      skip();
      if (peek() !== '"') {
        positioned(first ? "Expected property name or '}'" : 'Expected double-quoted property name');
      }
      string();
      skip();
      if (peek() !== ':') positioned("Expected ':' after property name");
      at++;
      value();
      skip();
      if (peek() === '}') { at++; return; }
      if (peek() !== ',') positioned("Expected ',' or '}' after property value");
      at++;
    }
  }

  function array() {
    at++;
    skip();
    if (peek() === ']') { at++; return; }
    for (;;) {
      value();
      skip();
      if (peek() === ']') { at++; return; }
      if (peek() !== ',') positioned("Expected ',' or ']' after array element");
      at++;
    }
  }

  try {
    value();
    skip();
    if (at < text.length) throw `Unexpected non-whitespace character after JSON at position ${at}`;
  } catch (words) {
    if (typeof words !== 'string') throw words;
    return words;
  }
  return undefined;
}

/** The chain of properties that leads back to where it started, as V8 draws it. */
function describeCircle(root) {
  const path = [];
  const find = (value, key) => {
    if (typeof value !== 'object' || value === null) return undefined;
    const seen = path.findIndex((step) => step.value === value);
    if (seen !== -1) return [path.slice(seen), key];
    if (typeof value.toJSON === 'function') return undefined;
    path.push({ key, value });
    for (const name of Object.keys(value)) {
      const found = find(value[name], Array.isArray(value) ? `index ${name}` : `property '${name}'`);
      if (found !== undefined) return found;
    }
    path.pop();
    return undefined;
  };
  const found = find(root, '');
  if (found === undefined) return 'Converting circular structure to JSON';
  const [steps, last] = found;
  const name = (value) => `object with constructor '${value.constructor?.name ?? 'Object'}'`;
  const lines = [`Converting circular structure to JSON\n    --> starting at ${name(steps[0].value)}`];
  const between = steps.slice(1).map((step) => `\n    |     ${step.key} -> ${name(step.value)}`);
  if (between.length > 3) between.splice(1, between.length - 2, '\n    |     ...');
  lines.push(...between, `\n    --- ${last} closes the circle`);
  return lines.join('');
}

internal.describeSyntaxError = describeSyntaxError;
internal.describeCircle = describeCircle;
