// `os`: the machine that every program runs on, wherever it runs.

const { os: constants } = internal.nodeBinding('constants');

const FACTS = {
  arch: 'x64',
  availableParallelism: 1,
  endianness: 'LE',
  homedir: '/root',
  hostname: 'localhost',
  machine: 'x86_64',
  platform: 'linux',
  release: '6.1.0',
  tmpdir: '/tmp',
  type: 'Linux',
  version: '#1 SMP',
};

const os = { uptime() { return host.nowNs() / 1e9; } };
for (const [name, value] of Object.entries(FACTS)) os[name] = { [name]: () => value }[name];
for (const name of Object.keys(os)) os[name][Symbol.toPrimitive] = () => os[name]();
Object.defineProperties(os, {
  constants: { configurable: false, enumerable: true, value: constants },
  EOL: { configurable: true, enumerable: true, writable: false, value: '\n' },
  devNull: { configurable: true, enumerable: true, writable: false, value: '/dev/null' },
});
internal.os = os;
