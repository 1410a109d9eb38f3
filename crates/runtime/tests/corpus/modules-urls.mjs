// What `import` makes of URLs: a query makes another module of a file, `%` is read, `data:` is a module, types are held.
import { createRequire } from 'node:module';
import fs from 'fs';

const tell = async (specifier, attributes) => {
  try {
    const options = attributes && { with: attributes };
    console.log(specifier, await import(specifier, options));
  } catch (error) {
    console.log(specifier, error.name, error.code, error.message);
  }
};
const self = import.meta.url;
globalThis.runs = (globalThis.runs ?? 0) + 1;
if (self.endsWith('.mjs')) {
  await tell('./modules-urls.mjs?v=1');
  await tell('./modules-urls.mjs?v=2');
  await tell('./modules-urls.mjs?v=1');
  await tell('./modules%2Durls.mjs#part');
  await tell(`${self}?v=1`);
  console.log('runs', globalThis.runs);
  await tell('./a%2fb.mjs');
  await tell('./');
  await tell('file:///nowhere/at/all.mjs');
  await tell('./nowhere.mjs?v=1');
  await tell('http://example.com/x.mjs');
  await tell('shop:cart');
  await tell('data:text/javascript,export default import.meta.url');
  await tell('data:text/javascript;charset=utf-8;base64,ZXhwb3J0IGRlZmF1bHQgNDI=');
  await tell('data:text/javascript,export%20const%20sep%20=%20(await%20import("node:path")).sep');
  await tell('data:text/javascript,import "./x.mjs"');
  await tell('data:application/json,{"a":1}', { type: 'json' });
  await tell('data:text/css,x', {});
  await tell('data:nothing');
  await tell('./modules-urls.mjs', { type: 'json' });
  await tell('./modules-urls.mjs', { type: 'css' });
  await tell('node:fs', { type: 'json' });
  console.log(import.meta.resolve('./x y.mjs') === new URL('./x y.mjs', self).href, createRequire(self)('fs') === fs);
} else {
  console.log(self.slice(self.lastIndexOf('/')), import.meta.filename.endsWith('.mjs'), new Error('here').stack.includes(self));
}
export { default as named } from './json-data.json' with { type: 'json' };
export const query = self.slice(self.lastIndexOf('mjs'));
