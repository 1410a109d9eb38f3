const own = (stack) => stack.split('\n').filter((line) => !/node:/.test(line)).join('\n');
const a = require('./required/with-default.mjs');
console.log(a, require('./required/with-default.mjs') === a, Object.keys(a), Object.prototype.toString.call(a));
console.log(require('./required/names-only.mjs'), require('./required/module-exports.mjs'), require('./required/es-module.mjs'));
for (const name of ['awaits', 'awaits-below', 'circle', 'throws', 'throws', 'missing']) {
  try {
    require(`./required/${name}.mjs`);
  } catch (error) {
    console.log(error.name, error.code, error.message);
    if (name === 'throws') console.log(own(error.stack));
  }
}
const short = (module) => module.id.split('/').pop();
console.log(module.children.map(short), Object.values(require.cache).map(short));
console.log(require.cache[require.resolve('./required/module-exports.mjs')].exports, require.cache[require.resolve('./required/es-module.mjs')].loaded);
import('./required/with-default.mjs').then((namespace) => console.log(namespace === a, namespace));
import('./required/names-only.mjs').then((namespace) => console.log(namespace === require('./required/names-only.mjs')));
import('./required/awaits-below.mjs').then((namespace) => {
  console.log(namespace);
  try { require('./required/awaits-below.mjs'); } catch (error) { console.log(error.code); }
});
