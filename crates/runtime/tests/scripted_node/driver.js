// Runs programs on Node's own timers and immediates (`internal/timers`, unchanged) and its own tick queue,
// with the loop's clock read from a script: the readings that a run of the reference runtime made. What
// libuv and Node's C++ do around them is written out here, with its source.
//
//   node --expose-internals driver.js JOBS.json   prints what each program logged, as JSON
'use strict';
const { internalBinding } = require('internal/test/binding');
const { getTimerCallbacks } = require('internal/timers');
const binding = internalBinding('timers');

const drain = process._tickCallback; // `runNextTicks`
const { processTimers, processImmediate } = getTimerCallbacks(drain);
const { immediateInfo } = binding; // count, referenced, has outstanding
const COUNT = 0;
const REFERENCED = 1;
const OUTSTANDING = 2;

let readings;
let next;
let loopMs;
let due;
let dueReferenced;

/** `uv_update_time`. */
function read() {
  if (next === readings.length) throw new Error('the clock is read more often than it was');
  loopMs = readings[next++];
  return loopMs;
}

// src/timers.cc and src/env.cc: `GetLibuvNow`, `ScheduleTimer` (`uv_timer_start`), `ToggleTimerRef`.
binding.getLibuvNow = read;
binding.scheduleTimer = (ms) => { due = loopMs + ms; };
binding.toggleTimerRef = (referenced) => { dueReferenced = referenced; };
binding.toggleImmediateRef = () => {};

/** `uv_loop_alive`. */
const alive = () => (due !== undefined && dueReferenced) || immediateInfo[REFERENCED] > 0;

/** `uv__run_timers`, and `Environment::RunTimers` of src/env.cc. */
function timersPhase() {
  if (due === undefined || due > loopMs) return;
  due = undefined;
  const expiry = processTimers(read());
  if (expiry !== 0) due = loopMs + Math.max(Math.abs(expiry) - loopMs, 1);
  dueReferenced = expiry > 0;
  drain();
}

/** `uv__io_poll` with nothing but a timer to wait for. */
function pollPhase() {
  if (immediateInfo[REFERENCED] > 0 || due === undefined || !dueReferenced || due <= loopMs) return;
  read();
  if (loopMs < due) throw new Error('it woke before its timer was due');
}

/** `Environment::CheckImmediate` of src/env.cc. */
function checkPhase() {
  if (immediateInfo[COUNT] === 0) return;
  do {
    processImmediate();
    drain();
  } while (immediateInfo[OUTSTANDING]);
}

/** `uv_run` of libuv 1.45 and later, until nothing is left to do. */
function run(text) {
  new Function(text)();
  drain();
  if (!alive()) return;
  read();
  timersPhase();
  do { // whatever is alive by now
    pollPhase();
    checkPhase();
    read();
    timersPhase();
  } while (alive());
}

const fs = require('fs');
const { log } = console;
const results = [];
for (const job of JSON.parse(fs.readFileSync(process.argv[2], 'utf8'))) {
  const lines = [];
  console.log = (x) => { lines.push(String(x)); };
  readings = job.readings;
  next = 1;
  loopMs = readings[0];
  due = undefined;
  dueReferenced = false;
  let error = null;
  try {
    run(job.text);
    if (next !== readings.length) error = `the clock was read ${readings.length} times, not ${next}`;
    // Nothing of this program may be in the next one's way: what its timers were set for, above all.
    processTimers(Number.MAX_SAFE_INTEGER);
    drain();
  } catch (thrown) {
    error = `${thrown.message}, after ${next} readings`;
  }
  results.push({ lines, error });
  if (error !== null) break; // what it left behind would be in the way
}
console.log = log;
fs.writeSync(1, JSON.stringify(results));
process.reallyExit(0);
