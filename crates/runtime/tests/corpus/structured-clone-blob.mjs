// A Blob is cloned with its bytes and its type; extensions that `require` knows.
import { createRequire } from 'node:module';

const blob = new Blob(['a', 'bc'], { type: 'text/plain' });
const { inside, again } = structuredClone({ inside: blob, again: blob });
console.log(inside, inside === blob, inside === again, await inside.text());
const require = createRequire(import.meta.url);
console.log(Object.keys(require.extensions), typeof require.extensions['.js']);
