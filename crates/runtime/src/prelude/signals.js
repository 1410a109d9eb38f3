// `process.kill`: signals that the program sends itself. There is no other process.

const { signals: NUMBERS } = internal.nodeBinding('constants').os;
const { UV_EINVAL, UV_ESRCH } = internal.nodeBinding('uv');
const { process } = internal;
const MOST = 64;

/** Signals that nobody can listen for. */
const UNCATCHABLE = ['SIGKILL', 'SIGSTOP'];
/** Signals that do nothing where nobody listens. */
const IGNORED = ['SIGCHLD', 'SIGCONT', 'SIGPIPE', 'SIGURG', 'SIGWINCH'];
/** Those that would stop the process, or begin what is not here. */
const REFUSED = ['SIGSTOP', 'SIGTSTP', 'SIGTTIN', 'SIGTTOU', 'SIGUSR1'];

const namesOf = (number) => Object.keys(NUMBERS).filter((name) => NUMBERS[name] === number);

/** What the system does with a signal; gives libuv's error, or nothing. */
internal.sendSignal = function sendSignal(pid, signal) {
  if (signal < 0 || signal > MOST) return UV_EINVAL;
  // The process, its group, or all that there are.
  if (![process.pid, 0, -process.pid, -1].includes(Number(pid))) return UV_ESRCH;
  if (signal === 0) return undefined;
  const names = namesOf(signal);
  const hears = names.some((name) => !UNCATCHABLE.includes(name) && process.listenerCount(name) > 0);
  if (hears) {
    internal.world.raise(signal);
  } else if (names.some((name) => REFUSED.includes(name))) {
    throw internal.refuse(`process.kill with ${names[0]}`);
  } else if (!names.some((name) => IGNORED.includes(name))) {
    internal.dieOf(signal);
  }
  return undefined;
};

internal.kill = function kill(pid, signal) {
  if (pid != (pid | 0)) throw internal.invalidArgType('pid', 'of type number', pid); // eslint-disable-line eqeqeq
  let number = signal;
  if (signal !== (signal | 0)) {
    number = NUMBERS[signal || 'SIGTERM'];
    if (number === undefined) throw internal.codedError(TypeError, 'ERR_UNKNOWN_SIGNAL', `Unknown signal: ${signal}`);
  }
  const error = process._kill(pid, number);
  if (error) {
    const { ErrnoException } = internal.nodeRequire('internal/errors');
    throw new ErrnoException(error, 'kill');
  }
  return true;
};

/** A signal that was raised has come round. */
internal.signalArrived = function signalArrived(number) {
  internal.asyncContext[0] = undefined;
  for (const name of namesOf(number)) process.emit(name, name, number);
};
