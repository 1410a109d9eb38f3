// `JSON.parse` and `JSON.stringify` with V8's messages.

const { parse, stringify } = JSON;

internal.hidden(JSON, 'parse', function parse_(text, reviver) {
  try {
    return parse(text, reviver);
  } catch (error) {
    if (error?.name !== 'SyntaxError') throw error;
    const string = String(text);
    let words = internal.describeSyntaxError(string);
    if (words === undefined) throw error;
    if (typeof text !== 'string' && words.startsWith('Unexpected token')) words = `"${string}" is not valid JSON`;
    throw new SyntaxError(words);
  }
});
Object.defineProperty(JSON.parse, 'name', { __proto__: null, value: 'parse' });

internal.hidden(JSON, 'stringify', function stringify_(value, replacer, space) {
  try {
    return stringify(value, replacer, space);
  } catch (error) {
    if (error?.name === 'TypeError' && error.message === 'circular reference') {
      throw new TypeError(internal.describeCircle(value));
    }
    throw error;
  }
});
Object.defineProperty(JSON.stringify, 'name', { __proto__: null, value: 'stringify' });
