// `rtest:sim`: what a program can tell the search of itself. Each offers one thing.

const OFFERS = {
  always: () => always,
  buggify: () => buggify,
  disk: () => internal.simDisk,
  network: () => internal.simNetwork,
  peer: () => internal.simPeer,
  settles: () => settles,
  sometimes: () => sometimes,
};

/** `file:line:column` of whoever called `above`. */
function caller(above) {
  const here = {};
  Error.captureStackTrace(here, above);
  return internal.shownPlace(here);
}

function checkMessage(message) {
  internal.validateString(message, 'message');
  if (message === '') {
    throw internal.codedError(
      TypeError, 'ERR_INVALID_ARG_VALUE', "The argument 'message' must be a non-empty string. Received ''");
  }
}

/** A condition that holds whenever it is asked, under every schedule. Where it does not, the run
    has a finding and goes on. Returns whether it held. */
function always(condition, message) {
  checkMessage(message);
  if (!condition) host.found('always', message, caller(always));
  return Boolean(condition);
}

/** A condition that is to hold at least once in all the runs of a search: that what is tested for
    is ever tested. Returns whether it held. */
function sometimes(condition, message) {
  checkMessage(message);
  host.sometimes(caller(sometimes) ?? '', message, Boolean(condition));
  return Boolean(condition);
}

/** Promises that are to settle, and what is said where one does not. */
const watched = [];

/** A promise that is settled by the time when nothing is left to happen; where it is not, the run
    has a finding. Returns the promise. */
function settles(promise, message) {
  checkMessage(message);
  if (!(promise instanceof Promise)) throw internal.invalidArgType('promise', 'an instance of Promise', promise);
  watched.push({ promise, message, place: caller(settles) });
  return promise;
}

internal.findUnsettled = function findUnsettled() {
  for (const { promise, message, place } of watched) {
    if (host.promiseState(promise)[0] === 'pending') host.found('deadlock', `never settled: ${message}`, place);
  }
};

/** False on a calm machine; under some seeds true now and then: a place to do what is allowed but
    unusual, such as to fail a call that may fail. */
function buggify() {
  return host.buggify();
}

const sim = {};
for (const [name, make] of Object.entries(OFFERS)) {
  Object.defineProperty(sim, name, { __proto__: null, enumerable: true, get: make });
}
internal.sim = sim;
