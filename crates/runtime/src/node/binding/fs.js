// `internalBinding('fs')` over the simulated disk. An operation is a function of its arguments; a
// request among them makes it a task of the thread pool, done when the task is.

const { world, submitWork } = internal;
const { Buffer } = internal.nodeRequire('buffer');
const uv = internal.nodeBinding('uv');

const kUsePromises = Symbol('fs_use_promises_symbol');

class FSReqCallback {
  constructor(isBigInt) { this.isBigInt = isBigInt; }
}

class FSReqPromise {}

/** libuv's error as Node's C++ makes it. */
function uvException(errno, syscall, path, dest) {
  const code = uv.errname(errno);
  let message = `${code}: ${uv.getErrorMessage(errno)}, ${syscall}`;
  if (path !== undefined) message += ` '${path}'`;
  if (dest !== undefined) message += ` -> '${dest}'`;
  const error = new Error(message);
  error.errno = errno;
  error.code = code;
  error.syscall = syscall;
  if (path !== undefined) error.path = path;
  if (dest !== undefined) error.dest = dest;
  return error;
}

const isError = (result) => typeof result === 'number' && result < 0;
const text = (path) => (typeof path === 'string' ? path : Buffer.from(path).toString()).toWellFormed();
const encoded = (name, encoding) => {
  if (encoding === undefined || encoding === null || encoding === 'utf8' || encoding === 'utf-8') return name;
  const bytes = Buffer.from(name);
  return encoding === 'buffer' ? bytes : bytes.toString(encoding);
};

/** The result of a system call, or its error thrown. */
function check(result, syscall, path, dest) {
  if (isError(result)) throw uvException(result, syscall, path, dest);
  return result;
}

/** What a task of the thread pool does: it has waited for the disk already. */
function inTask(run, args) {
  world.inTask(true);
  try {
    return run(...args);
  } finally {
    world.inTask(false);
  }
}

/** What the library calls: at once without a request, else when the thread pool is done. */
function operation(run) {
  return (...args) => {
    const at = args.findIndex((arg) => arg === kUsePromises || arg instanceof FSReqCallback);
    if (at === -1) return run(...args);
    const request = args[at];
    args.length = at;
    if (request === kUsePromises) {
      return new Promise((resolve, reject) => {
        submitWork('file', () => {
          let result;
          try {
            result = inTask(run, args);
          } catch (error) {
            reject(error);
            return;
          }
          resolve(result);
        }, undefined, new FSReqPromise());
      });
    }
    submitWork('file', () => {
      let result;
      try {
        result = inTask(run, args);
      } catch (error) {
        request.oncomplete(error);
        return;
      }
      if (result === undefined) request.oncomplete(null);
      else request.oncomplete(null, result);
    }, request.context?.callback ?? request.oncomplete, request);
    return undefined;
  };
}

// --- results ----------------------------------------------------------------------------------

function statArray(fields, isBigInt) {
  return isBigInt ? BigInt64Array.from(fields, BigInt) : Float64Array.from(fields);
}

function statOf(syscall, followsLinks) {
  return (path, isBigInt, _, throwIfNoEntry) => {
    path = text(path);
    const fields = world.stat(path, followsLinks);
    if (throwIfNoEntry === false && (fields === uv.UV_ENOENT || fields === uv.UV_ENOTDIR)) return undefined;
    return statArray(check(fields, syscall, path), isBigInt);
  };
}

/** An operation on a path that gives nothing back. */
const onPath = (syscall, run) => (path, ...rest) => {
  path = text(path);
  check(run(path, ...rest), syscall, path);
};

/** The same on two paths. */
const onPaths = (syscall, run) => (from, to, ...rest) => {
  from = text(from);
  to = text(to);
  check(run(from, to, ...rest), syscall, from, to);
};

/** An error as Node's C++ throws it: its code is no part of its name. */
const thrownBelow = (Base, code, message) => Object.assign(new Base(message), { code });

/** An operation on a descriptor: one that is none is told of at once, whoever waits for the result. */
function onDescriptor(run) {
  const start = operation(run);
  return (fd, ...rest) => {
    if (typeof fd !== 'number') {
      throw thrownBelow(TypeError, 'ERR_INVALID_ARG_TYPE', `The "fd" argument must be of type number.${internal.received(fd)}`);
    }
    if (!Number.isInteger(fd) || fd < 0 || fd > 2 ** 31 - 1) {
      const range = Number.isInteger(fd) ? '>= 0 && <= 2147483647' : 'an integer';
      throw thrownBelow(RangeError, 'ERR_OUT_OF_RANGE', `The value of "fd" is out of range. It must be ${range}. Received ${fd}`);
    }
    return start(fd, ...rest);
  };
}

/** One that gives nothing back. */
const onFile = (syscall, run) => onDescriptor((fd, ...rest) => { check(run(fd, ...rest), syscall); });

// --- bytes --------------------------------------------------------------------------------------

const STDIN = 0;
const isStream = (fd) => fd === 1 || fd === 2;
const positionOf = (position) => (position === null || position === undefined ? -1 : Number(position));
const viewBytes = (view) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);

function readInto(fd, view, offset, length, position) {
  if (fd === STDIN) throw internal.refuse('reading from stdin');
  const bytes = check(world.read(fd, length, positionOf(position)), 'read');
  viewBytes(view).set(new Uint8Array(bytes), offset);
  return bytes.byteLength;
}

function writeBytes(fd, bytes, position) {
  if (isStream(fd)) {
    host.write(fd, Buffer.from(bytes).toString().toWellFormed());
    return bytes.length;
  }
  return world.write(fd, bytes, positionOf(position));
}

/** The synchronous `write`s report through an object, not by throwing. */
function reporting(run) {
  const asynchronous = operation((...args) => check(run(...args), 'write'));
  return (...args) => {
    const context = args.at(-1);
    if (context === undefined || Object.getPrototypeOf(context ?? 0) !== Object.prototype) return asynchronous(...args);
    const result = run(...args);
    if (!isError(result)) return result;
    Object.assign(context, { errno: result, syscall: 'write' });
    return undefined;
  };
}

function inTurn(views, position, each) {
  let total = 0;
  for (const view of views) {
    const count = each(view, position < 0 ? position : position + total);
    total += count;
    if (count < view.byteLength) break;
  }
  return total;
}

/** A whole file, by path or descriptor. */
function readFile(path, flags) {
  const isOpen = typeof path === 'number';
  const fd = isOpen ? path : check(world.open(text(path), flags, 0o666), 'open', text(path));
  try {
    const parts = [];
    for (;;) {
      const bytes = check(world.read(fd, 1 << 20, -1), 'read');
      if (bytes.byteLength === 0) break;
      parts.push(new Uint8Array(bytes));
    }
    return Buffer.concat(parts);
  } finally {
    if (!isOpen) world.close(fd);
  }
}

function writeFile(path, data, flags, mode) {
  const isOpen = typeof path === 'number';
  const fd = isOpen ? path : check(world.open(text(path), flags, mode), 'open', text(path));
  try {
    check(writeBytes(fd, Buffer.from(data), null), 'write');
  } finally {
    if (!isOpen) world.close(fd);
  }
}

// --- folders --------------------------------------------------------------------------------------

function readdir(path, encoding, withTypes) {
  path = text(path);
  const [names, types] = check(world.readdir(path), 'scandir', path);
  const shown = names.map((name) => encoded(name, encoding));
  return withTypes ? [shown, types] : shown;
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
function mkdtemp(template, encoding) {
  const prefix = text(template).replace(/XXXXXX$/, '');
  const shown = `${prefix}XXXXXX`;
  for (;;) {
    let path = prefix;
    for (let i = 0; i < 6; i++) path += LETTERS[Math.floor(host.random() * LETTERS.length)];
    const result = world.mkdir(path, 0o700);
    if (result !== uv.UV_EEXIST) {
      check(result, 'mkdtemp', shown);
      return encoded(path, encoding);
    }
  }
}

/** An open file as `fs/promises` holds it. */
class FileHandle {
  #fd;
  constructor(fd) { this.#fd = fd; }
  get fd() { return this.#fd; }
  getAsyncId() { return 0; }
  close() {
    const fd = this.#fd;
    this.#fd = -1;
    return binding.close(fd, kUsePromises);
  }
  releaseFD() {
    const fd = this.#fd;
    this.#fd = -1;
    return fd;
  }
}

const open = (path, flags, mode) => check(world.open(text(path), flags, mode), 'open', text(path));

const binding = {
  FSReqCallback,
  FileHandle,
  StatWatcher: internal.refuser('fs.watchFile'),
  kUsePromises,
  kFsStatsFieldsNumber: 18,
  statValues: new Float64Array(36),
  bigintStatValues: new BigInt64Array(36),
  inTask,
  uvException,

  access: operation(onPath('access', (path, mode = 0) => world.access(path, mode))),
  chmod: operation(onPath('chmod', world.chmod)),
  chown: operation(onPath('chown', (path, uid, gid) => world.chown(path, uid, gid, true))),
  lchown: operation(onPath('lchown', (path, uid, gid) => world.chown(path, uid, gid, false))),
  utimes: operation(onPath('utime', (path, atime, mtime) => world.utimes(path, atime, mtime, true))),
  lutimes: operation(onPath('lutime', (path, atime, mtime) => world.utimes(path, atime, mtime, false))),
  rmdir: operation(onPath('rmdir', world.rmdir)),
  unlink: operation(onPath('unlink', world.unlink)),
  rename: operation(onPaths('rename', world.rename)),
  link: operation(onPaths('link', world.link)),
  symlink: operation(onPaths('symlink', (target, path) => world.symlink(target, path))),
  copyFile: operation(onPaths('copyfile', (from, to, mode) => world.copyFile(from, to, (mode & 1) !== 0))),
  readlink: operation((path, encoding) => encoded(check(world.readlink(text(path)), 'readlink', text(path)), encoding)),
  realpath: operation((path, encoding) => encoded(check(world.realpath(text(path)), 'realpath', text(path)), encoding)),
  stat: operation(statOf('stat', true)),
  lstat: operation(statOf('lstat', false)),
  fstat: onDescriptor((fd, isBigInt, _, shouldNotThrow) => {
    const fields = world.fstat(fd);
    return shouldNotThrow && isError(fields) ? undefined : statArray(check(fields, 'fstat'), isBigInt);
  }),
  mkdir: operation((path, mode, recursive) => {
    path = text(path);
    return check(recursive ? world.mkdirRecursive(path, mode) : world.mkdir(path, mode), 'mkdir', path) || undefined;
  }),
  mkdtemp: operation(mkdtemp),
  statfs: operation((path, isBigInt) => statArray(check(world.statfs(text(path)), 'statfs', text(path)), isBigInt)),
  readdir: operation(readdir),

  open: operation(open),
  openFileHandle: operation((path, flags, mode) => new FileHandle(open(path, flags, mode))),
  close: onFile('close', world.close),
  fsync: onFile('fsync', world.fsync),
  fdatasync: onFile('fdatasync', world.fsync),
  ftruncate: onFile('ftruncate', (fd, length) => world.ftruncate(fd, length ?? 0)),
  fchmod: onFile('fchmod', world.fchmod),
  fchown: onFile('fchown', world.fchown),
  futimes: onFile('futime', world.futimes),
  read: operation(readInto),
  readBuffers: operation((fd, views, position) => (
    inTurn(views, positionOf(position), (view, at) => readInto(fd, view, 0, view.byteLength, at)))),
  writeBuffer: reporting((fd, view, offset, length, position) => (
    writeBytes(fd, viewBytes(view).subarray(offset, offset + length), position))),
  writeString: reporting((fd, string, position, encoding) => writeBytes(fd, Buffer.from(string, encoding ?? 'utf8'), position)),
  writeBuffers: operation((fd, views, position) => (
    inTurn(views, positionOf(position), (view, at) => check(writeBytes(fd, viewBytes(view), at), 'write')))),
  readFileUtf8: (path, flags) => readFile(path, flags).toString(),
  writeFileUtf8: writeFile,
  existsSync: (path) => !isError(world.stat(text(path), true)),
  internalModuleStat(path) {
    const fields = world.stat(text(path), true);
    if (isError(fields)) return fields;
    return (fields[1] & 0o170000) === 0o040000 ? 1 : 0;
  },
};
return binding;
