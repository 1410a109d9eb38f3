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

const GIBIBYTE = 2 ** 30;
/** Bytes of memory of the machine, and how many of them others leave free. */
const MEMORY = 8 * GIBIBYTE;
const FREE_MEMORY = 4 * GIBIBYTE;

const LOOPBACK = { mac: '00:00:00:00:00:00', internal: true };
const describe = {
  cpus: () => [{ model: 'rtest', speed: 0, times: { user: 0, nice: 0, sys: 0, idle: Math.floor(host.nowNs() / 1e6), irq: 0 } }],
  freemem: () => FREE_MEMORY,
  /** Nobody else needs the processor. */
  loadavg: () => [0, 0, 0],
  networkInterfaces: () => ({
    lo: [
      { address: '127.0.0.1', netmask: '255.0.0.0', family: 'IPv4', ...LOOPBACK, cidr: '127.0.0.1/8' },
      { address: '::1', netmask: 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', family: 'IPv6', ...LOOPBACK, cidr: '::1/128', scopeid: 0 },
    ],
  }),
  totalmem: () => MEMORY,
  userInfo(options) {
    const { process } = internal;
    const text = (value) => (options?.encoding === 'buffer' ? internal.nodeRequire('buffer').Buffer.from(value) : value);
    return {
      __proto__: null,
      uid: process.getuid(), gid: process.getgid(), username: text('root'), homedir: text(FACTS.homedir), shell: text('/bin/sh'),
    };
  },
};

const os = { uptime() { return host.nowNs() / 1e9; } };
for (const [name, value] of Object.entries(FACTS)) os[name] = { [name]: () => value }[name];
for (const name of ['freemem', 'totalmem']) os[name] = describe[name];
for (const name of Object.keys(os)) os[name][Symbol.toPrimitive] = () => os[name]();
Object.assign(os, describe);
Object.defineProperties(os, {
  constants: { configurable: false, enumerable: true, value: constants },
  EOL: { configurable: true, enumerable: true, writable: false, value: '\n' },
  devNull: { configurable: true, enumerable: true, writable: false, value: '/dev/null' },
});
internal.os = os;
