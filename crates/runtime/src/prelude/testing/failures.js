// What Node's test runner says of the tests that failed, told to the host: it writes them to stdout only.

const { stripColors } = internal;

const MOST_LINES = 12;
const MOST_COLUMNS = 200;

/** The test's name behind those of its suites. */
function fullName(test) {
  const names = [];
  for (let one = test; one?.parent; one = one.parent) names.unshift(one.name);
  return names.join(' > ');
}

/** What went wrong: the words of an assertion stand for themselves, other errors are named. */
function wordsOf(cause) {
  if (!internal.isError(cause)) return typeof cause === 'string' ? cause : internal.inspect(cause);
  const message = String(cause.message);
  const isAssertion = cause.code === 'ERR_ASSERTION' || message.startsWith('expect(');
  return isAssertion ? message : message === '' ? String(cause.name) : `${cause.name}: ${message}`;
}

/** Without colours and empty lines, and cut where it is long. */
function tidy(text) {
  const lines = stripColors(text).split('\n').map((line) => line.trimEnd()).filter((line) => line !== '');
  if (lines.length > MOST_LINES) lines.splice(MOST_LINES, Infinity, '…');
  return lines.map((line) => (line.length > MOST_COLUMNS ? `${line.slice(0, MOST_COLUMNS)}…` : line)).join('\n').toWellFormed();
}

/** Where its error was made, or else where the test stands. */
function placeOf(cause, loc) {
  const ofError = internal.findingPlace(cause);
  if (ofError !== undefined || loc === undefined) return ofError;
  const file = loc.file.startsWith('file://') ? internal.nodeRequire('url').fileURLToPath(loc.file) : loc.file;
  return `${internal.shownFile(file)}:${loc.line}:${loc.column}`;
}

/** Watches the tests of `internal/test_runner/test`. */
internal.watchTests = function watchTests({ Test, kSubtestsFailed }) {
  const { postRun, diagnostic } = Test.prototype;

  Test.prototype.postRun = function (...args) {
    Reflect.apply(postRun, this, args);
    const { error } = this;
    const counts = this.parent !== null && this.hookType === undefined && !this.isTodo && !this.skipped;
    if (!counts || this.passed || error === null || error.failureType === kSubtestsFailed) return;
    const cause = error.cause ?? error;
    host.found('test', tidy(`${fullName(this)}: ${wordsOf(cause)}`), placeOf(cause, this.loc));
  };

  // An error that belongs to no test any more is only told in the runner's last words.
  Test.prototype.diagnostic = function (message) {
    Reflect.apply(diagnostic, this, [message]);
    if (this.parent === null && String(message).startsWith('Error: ')) host.found('test', tidy(String(message).slice(7)), undefined);
  };
};
