// Requests and handles of the simulated world: what the loop calls when something arrives.

const world = host.world();
const current = internal.asyncContext;
const callbacks = new Map();
/** Requests that Node's library made and that are not answered. */
const requests = new Set();
let lastId = 0;

function expect(callback) {
  callbacks.set(++lastId, [callback, current[0]]);
  return lastId;
}

function arrive(id) {
  const [callback, context] = callbacks.get(id);
  callbacks.delete(id);
  current[0] = context;
  callback();
}

/** Gives a task to the thread pool; `callback` runs in the poll phase once it is done. Where there is a
    `request`, it is waited for until then. */
function submitWork(kind, callback, shown, request) {
  let answer = callback;
  if (request !== undefined) {
    requests.add(request);
    answer = () => {
      requests.delete(request);
      callback();
    };
  }
  world.work(expect(answer), kind, internal.placeOf(shown));
}

/** Something that is done already, whose `callback` runs in the next pending phase. */
function finishSoon(callback) {
  world.pending(expect(callback));
}

/** Has `callback` run in the closing phase. */
function closeSoon(callback) {
  world.closing(expect(callback));
}

Object.assign(internal, {
  openRequests: requests, world, submitWork, finishSoon, closeSoon, workDone: arrive, requestDone: arrive, handleClosed: arrive,
});
