// Says of each name that Node's modules export whether it is here, refused by its name, or missing.
const api = require('./node20.json');

const REFUSAL = 'ERR_NOT_IN_REFERENCE_RUNTIME';

function isRefused(make) {
  try {
    const value = make();
    if (typeof value === 'function') void value.aNameThatNobodyHas;
    return false;
  } catch (error) {
    return error.code === REFUSAL;
  }
}

const found = {};
for (const [name, keys] of Object.entries(api)) {
  let exports;
  if (name === 'globalThis' || name === 'process') exports = name === 'process' ? process : globalThis;
  else if (isRefused(() => { exports = require(`node:${name}`); })) {
    found[name] = { module: 'refused' };
    continue;
  }
  const missing = keys.filter((key) => !(key in Object(exports)));
  const refused = keys.filter((key) => key in Object(exports) && isRefused(() => exports[key]));
  const there = keys.filter((key) => !missing.includes(key) && !refused.includes(key));
  found[name] = { module: 'there', there, refused, missing };
}
console.log(JSON.stringify(found));
