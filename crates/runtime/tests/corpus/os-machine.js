// What the operating system tells of the machine has Node's shape.
const os = require('os');

const shape = (value) => {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shape(value[0])];
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, shape(each)]));
  }
  return typeof value;
};

console.dir(shape(os.cpus()), { depth: null });
console.log(shape(os.loadavg()), os.loadavg().length);
console.log(shape(os.userInfo()), Object.getPrototypeOf(os.userInfo()));
console.log(Buffer.isBuffer(os.userInfo({ encoding: 'buffer' }).username));
console.log(os.networkInterfaces().lo);
console.log(os.totalmem() >= os.freemem(), os.freemem() > 0, `${os.totalmem}` === String(os.totalmem()));
console.log(os.cpus().length >= 1, os.availableParallelism() >= 1);
console.log(process.getuid() === os.userInfo().uid, process.getgroups().every(Number.isInteger));
