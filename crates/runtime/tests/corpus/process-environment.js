// `process.env` holds texts and nothing else.
const attempt = (what, run) => {
  try {
    console.log(what, run());
  } catch (error) {
    console.log(what, error.name, error.code, error.message);
  }
};
const { env } = process;
for (const key of Object.keys(env)) delete env[key];
env.NUMBER = 42;
env.NOTHING = undefined;
env.NULL = null;
env.OBJECT = { toString: () => 'text' };
env[''] = 'nameless';
console.log(env, Object.keys(env), env['']);
console.log('NUMBER' in env, delete env.NUMBER, 'NUMBER' in env, delete env.NEVER, env.NUMBER);
attempt('symbol as name', () => { env[Symbol('s')] = 1; });
attempt('symbol as value', () => { env.S = Symbol('s'); });
attempt('symbol read', () => [env[Symbol('s')], Symbol('s') in env, delete env[Symbol('s')]]);
attempt('hidden', () => Object.defineProperty(env, 'A', { value: 1 }));
attempt('accessor', () => Object.defineProperty(env, 'A', { get() { return 1; } }));
attempt('attribute', () => Object.defineProperty(env, 'A', { writable: true }));
attempt('whole', () => Object.defineProperty(env, 'A', { value: 1, writable: true, enumerable: true, configurable: true }).A);
attempt('assign', () => Object.assign(env, { B: 2, C: false }).B === '2' && env.C);
console.log(env.hasOwnProperty === Object.prototype.hasOwnProperty, Object.prototype.toString.call(env));
env.hasOwnProperty = 'own';
console.log({ ...env }, JSON.stringify(env), structuredClone({ ...env }));
