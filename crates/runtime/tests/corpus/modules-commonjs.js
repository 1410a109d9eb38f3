const a = require('./lib/a'); const { value } = require('./lib/b.js'); const data = require('./lib/data.json'); const index = require('./lib');
console.log(a, value, data, index, require('./lib/a') === a, module.children.length, require.main === module, module.id, typeof __dirname, __filename.endsWith('modules-commonjs.js'));
try { require('./lib/missing'); } catch (e) { console.log(e.code, e.message.split('\n')[0]); }
try { require('./lib/throws.js'); } catch (e) { console.log('thrown', e.message); }
try { require('./lib/bad.json'); } catch (e) { console.log(e.name); }
console.log(require('./lib/cycle-a.js'), exports === module.exports, this === exports, arguments.length, require.resolve('./lib/a.js').endsWith('lib/a.js'), require('node:events') === require('events'));
import('./lib/m.mjs').then((m) => console.log(m, m.default, m.named));
