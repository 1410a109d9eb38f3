// `assert.CallTracker` counts calls, and says at the end which were too few or too many.
const assert = require('assert');

const tracker = new assert.CallTracker();
const twice = tracker.calls(function named(a, b) { return a + b; }, 2);
const once = tracker.calls();
console.log(twice(1, 2), tracker.getCalls(twice).map(({ arguments: args }) => args));
console.log(tracker.report().map(({ message, operator, expected, actual }) => [message, operator, expected, actual]));
try {
  tracker.verify();
} catch (error) {
  console.log(error.name, error.code, error.message, Object.keys(error));
}
twice(3, 4);
try {
  tracker.verify();
} catch (error) {
  console.log(error.message, error['message 0'], error['actual 0'], error['expected 0']);
}
once();
tracker.verify();
tracker.reset(once);
console.log(tracker.report().length, assert.strict.CallTracker === assert.CallTracker);
try {
  tracker.calls(7.5);
} catch (error) {
  console.log(error.message);
}
