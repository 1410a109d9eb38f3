// Where `require` looks, and what leads it elsewhere.
const Module = require('module');
const path = require('path');

const told = (run) => {
  try {
    console.log(run());
  } catch (error) {
    console.log(error.code, error.message.split('\n')[0]);
  }
};
const below = (paths) => paths.filter((each) => each.startsWith(__dirname));

console.log(require.resolve.paths('fs'), require.resolve.paths('node:fs'), require.resolve.paths('./x'), require.resolve.paths('..'));
console.log(below(require.resolve.paths('x')), below(module.paths));
console.log(Module._nodeModulePaths('/a/node_modules/b/c'), Module._nodeModulePaths('/'));
told(() => require.resolve('fs'));
told(() => require.resolve('./modules-require-resolve'));
told(() => require.resolve('./modules-require-resolve', { paths: ['/nowhere', __dirname] }));
told(() => require.resolve('./corpus/modules-require-resolve', { paths: [path.dirname(__dirname)] }));
told(() => require.resolve('./x', { paths: ['/nowhere'] }));
told(() => require.resolve('no-such-package', { paths: [__dirname] }));
told(() => require.resolve('x', { paths: 1 }));
told(() => require.resolve(1));
told(() => module.require(''));

for (const wrong of ['x', {}, undefined, 'http://x', './y']) told(() => Module.createRequire(wrong));
told(() => Module.createRequire(`file://${__filename}`).resolve('./modules-require-resolve.js'));
told(() => Module.createRequire(new URL(`file://${__dirname}/`)).resolve('./modules-require-resolve.js'));
console.log([undefined, {}, 'fs', 'node:fs', 'node:nope', 'nope', 'test', 'node:test', './fs'].map(Module.isBuiltin));
console.log(Module._cache === require.cache, require.cache[__filename] === module, module.require('fs') === require('fs'));

// What packages for aliases and mocks do.
const resolveFilename = Module._resolveFilename;
Module._resolveFilename = function alias(request, ...rest) {
  return resolveFilename.call(this, request === '@shop' ? 'events' : request, ...rest);
};
told(() => require.resolve('@shop'));
Module._resolveFilename = resolveFilename;
const load = Module._load;
Module._load = function mock(request, ...rest) {
  return request === 'mocked' ? { mocked: rest.length } : load.call(this, request, ...rest);
};
told(() => require('mocked'));
const { require: original } = Module.prototype;
Module.prototype.require = function spy(id) {
  console.log('asked for', id, this === module);
  return original.call(this, id);
};
told(() => require('mocked').mocked > 0);
