// `disk` of `rtest:sim`: what is wrong with the disk of the simulated machine.

const { world } = internal;
const { DELAY, change, flag, invalid, probability } = internal.simWords;

const ERRORS = ['EIO', 'EACCES', 'EMFILE', 'ENOSPC'];

function error(value, name) {
  if (ERRORS.includes(value)) return value;
  throw invalid(`\`${name}\``, value, `must be one of ${ERRORS.join(', ')}`);
}

/** What can be said of the disk: how it is read, and what the world calls it. */
const WORDS = {
  ...DELAY,
  errors: [probability, 'errors'],
  error: [error, 'error'],
  full: [flag, 'full'],
};

internal.simDisk = {
  /** Changes the disk. What is not named stays as it is. */
  set(options) { world.changeDisk(change(options, 'The disk', WORDS)); },

  /** Nothing fails any more, and there is room again; how long it takes stays. */
  heal() { world.changeDisk({ errors: 0, full: false }); },
};
