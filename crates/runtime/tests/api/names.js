// What Node's modules export; `node20.json` is what Node 20 prints for this.
const { builtinModules } = require('module');

const OF_FUNCTIONS = ['length', 'name', 'prototype', 'arguments', 'caller'];
const namesOf = (object) => [...new Set(Object.getOwnPropertyNames(object))].filter((key) => !key.startsWith('_')).sort();

const api = {};
for (const name of [...builtinModules, 'test', 'test/reporters', 'sea'].sort()) {
  if (name.startsWith('_')) continue;
  api[name] = namesOf(require(`node:${name}`)).filter((key) => !OF_FUNCTIONS.includes(key));
}
api.globalThis = namesOf(globalThis);
api.process = namesOf(process);
console.log(JSON.stringify(api, null, 1));
