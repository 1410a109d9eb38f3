// What os says of the machine, as far as it is the same everywhere.
const os = require('os');
console.log(JSON.stringify(os.EOL), os.devNull, os.platform(), os.type(), os.endianness(), os.arch(), os.machine(), `${os.platform} ${os.type}`, os.tmpdir());
console.log(os.constants.signals, os.constants.errno.ENOENT, os.constants.priority, os.constants.UV_UDP_REUSEADDR, Object.keys(os.constants), Object.isFrozen(os.constants.signals));
console.log(typeof os.hostname(), typeof os.release(), os.availableParallelism() >= 1, os.uptime() > 0, typeof os.homedir());
