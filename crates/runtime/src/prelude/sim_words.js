// The words in which a program says what its world is like: those of the proxy's toxics.

function invalid(name, value, reason) {
  return internal.codedError(TypeError, 'ERR_INVALID_ARG_VALUE', `${name} ${reason}. Received ${internal.inspect(value)}`);
}

const UNITS = { us: 0.001, µs: 0.001, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** A duration in milliseconds: a number of them, or a text such as `20ms` or `1.5s`. */
function duration(value, name) {
  if (typeof value === 'number' && value >= 0) return value;
  const match = typeof value === 'string' ? /^(\d+(?:\.\d+)?)\s*(us|µs|ms|s|m|h)$/.exec(value) : null;
  if (match === null) throw invalid(`\`${name}\``, value, "must be a duration: a number of milliseconds, or a text such as '20ms' or '1.5s'");
  return Number(match[1]) * UNITS[match[2]];
}

const BYTES = { B: 1, KB: 1000, MB: 1e6, GB: 1e9 };

/** Bytes a second, of a text such as `64KB/s`; 0 is no limit. */
function rate(value, name) {
  if (value === null) return 0;
  const match = typeof value === 'string' ? /^(\d+(?:\.\d+)?)\s*(B|KB|MB|GB)\/s$/.exec(value) : null;
  if (match === null || Number(match[1]) === 0) throw invalid(`\`${name}\``, value, "must be a rate such as '64KB/s', or null for no limit");
  return Math.max(1, Number(match[1]) * BYTES[match[2]]);
}

function probability(value, name) {
  if (typeof value === 'number' && value >= 0 && value <= 1) return value;
  throw invalid(`\`${name}\``, value, 'must be a number from 0 to 1');
}

function flag(value, name) {
  internal.validateBoolean(value, name);
  return value;
}

/** A number above 0. */
function positive(value, name) {
  if (typeof value === 'number' && value > 0 && value < Infinity) return value;
  throw invalid(`\`${name}\``, value, 'must be a number above 0');
}

/** Percentiles with their values, `{ 50: '1ms', 99: '30ms' }`, in rising order. */
function percentiles(value, name) {
  internal.validateObject(value, name);
  const known = Object.entries(value).map(([at, time]) => [Number(at), duration(time, `${name}.${at}`)]);
  known.sort(([a], [b]) => a - b);
  const rises = known.every(([at, time], index) => at >= 0 && at <= 100 && (index === 0 || time >= known[index - 1][1]));
  if (known.length === 0 || !rises) {
    throw invalid(`\`${name}\``, value, "must be percentiles from 0 to 100 with delays that rise, such as { 50: '1ms', 99: '30ms' }");
  }
  return known;
}

/** How a delay is spread: evenly, normally, as by Pareto, or as measured. Words of two of them do
    not go together. */
const SPREADS = [['latency', 'jitter'], ['mean', 'deviation'], ['scale', 'shape'], ['percentiles']];

const DELAY = {
  latency: [duration, 'latency'],
  jitter: [duration, 'jitter'],
  mean: [duration, 'mean'],
  deviation: [duration, 'deviation'],
  scale: [duration, 'scale'],
  shape: [positive, 'shape'],
  percentiles: [percentiles, 'percentiles'],
};

/** What `options` say in `words` of `what`: each with how it is read, and what the world calls it. */
function change(options, what, words) {
  internal.validateObject(options, 'options');
  const wish = {};
  for (const [key, value] of Object.entries(options)) {
    if (!Object.hasOwn(words, key)) throw invalid(what, key, `has ${Object.keys(words).join(', ')}`);
    const [read, called] = words[key];
    wish[called] = read(value, key);
  }
  const [first, second] = SPREADS.map((names) => names.find((name) => name in wish)).filter(Boolean);
  if (second !== undefined) {
    throw invalid(what, options, `is delayed by one distribution: \`${first}\` and \`${second}\` are of two`);
  }
  return wish;
}

internal.simWords = { DELAY, change, flag, invalid, probability, rate };
