return {
  exitCodes: { kNoFailure: 0, kGenericUserError: 1 },
  noSideEffectsToString: String,
  triggerUncaughtException: (error, fromPromise) => internal.onUncaught(error, fromPromise),
};
